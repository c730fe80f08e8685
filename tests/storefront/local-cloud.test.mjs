// The storefront on the local cloud: real doors, real functions, the stand-in for Personalize.
//
//   target/debug/local-cloud up --pattern recommendations -- node --test tests/storefront/local-cloud.test.mjs

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import { launch, newPage } from './browser.mjs';
import { eventually } from './eventually.mjs';
import { CATALOGUE } from './shop.mjs';

const TASTES = CATALOGUE.tastes.map(({ id }) => id);
const VISITORS_OF_A_TASTE = 3;
const CLICKS_OF_A_VISITOR = 8;
/** A batching window, cold functions and the machine's other work lie between a click and its effect. */
const PIPELINE = { within: 60_000 };

test('clicks of one taste bring more of it, and each is stored once', { timeout: 300_000 }, async (t) => {
  const cloud = await Cloud.found();
  await cloud.seedOtherVisitors();

  const browser = await launch();
  t.after(() => browser.close());
  const { page, complaints } = await newPage(browser);
  await page.goto(`${cloud.endpoint}/_storefront/`);
  const shelf = await personalShelf(page);

  const taste = leastOn(shelf);
  const clicked = await clickUntilMore(page, taste, countOf(taste, shelf));
  clicked.push(await clickOnShelf(page));

  const sent = await logged(page, 'taken');
  assert.equal(sent.length, clicked.length);
  const stored = await eventually('all clicks are stored', () => cloud.storedOf(page, sent.length), PIPELINE);
  assert.deepEqual(stored.map(({ eventId }) => eventId).toSorted(), sent.toSorted());
  assert.deepEqual(stored.map(({ itemId }) => itemId).toSorted(), clicked.toSorted());
  assert.ok(stored.some(({ recommendationId }) => recommendationId), 'the click on the shelf names its recommendation');
  assert.deepEqual(complaints, []);
});

/** The running local cloud: its doors, as any client uses them, and what it lets a test see. */
class Cloud {
  static async found() {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    assert.ok(endpoint, 'AWS_ENDPOINT_URL is not set: run this test by `local-cloud up --pattern recommendations -- …`');
    const cloud = new Cloud();
    cloud.endpoint = endpoint.replace(/\/$/, '');
    cloud.config = await (await fetch(`${cloud.endpoint}/_storefront/config.json`)).json();
    return cloud;
  }

  // Nothing can be learnt from one visitor alone: others were here before, each with a taste.
  async seedOtherVisitors() {
    const seeded = await Promise.all(
      TASTES.flatMap((taste) => Array.from({ length: VISITORS_OF_A_TASTE }, (_, visitor) => this.#visit(taste, visitor))),
    );
    const wanted = seeded.flat();
    await eventually('the other visitors are known', async () => {
      const known = new Set((await this.#stored()).map(({ eventId }) => eventId));
      return wanted.every((eventId) => known.has(eventId));
    }, PIPELINE);
  }

  async #visit(taste, visitor) {
    const { token } = await this.#post(this.config.recommendationApiUrl, 'sessions', 201);
    const items = CATALOGUE.items.filter((item) => item.taste === taste);
    const interactions = Array.from({ length: CLICKS_OF_A_VISITOR }, (_, click) => ({
      eventId: randomUUID(),
      eventType: 'click',
      itemId: items[(visitor + 2 * click) % items.length].itemId,
      sentAt: new Date(Date.now() - 3_600_000 + click * 60_000).toISOString(),
    }));
    await this.#post(this.config.collectorUrl, 'interactions/batch', 202, { interactions }, token);
    return interactions.map(({ eventId }) => eventId);
  }

  async #post(url, path, status, json, token) {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(url + path, { method: 'POST', headers, body: json && JSON.stringify(json) });
    const body = await answer.text();
    assert.equal(answer.status, status, `POST ${path}: ${body}`);
    return JSON.parse(body);
  }

  /** What is stored of the page's session, once it is `count` or more. */
  async storedOf(page, count) {
    const sessionId = await page.evaluate(() => JSON.parse(localStorage['storefront.session']).sessionId);
    const stored = (await this.#stored()).filter((interaction) => interaction.sessionId === sessionId);
    return stored.length >= count ? stored : null;
  }

  async #stored() {
    const lines = await (await fetch(`${this.endpoint}/_state/personalize/interactions`)).text();
    return lines.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }
}

// A function's first call may outlast the time budget: the shelf is a fallback then.
function personalShelf(page) {
  return eventually('Personalize fills the shelf', async () => {
    await page.locator('.shelf:is([data-phase="settled"], [data-phase="failed"])').waitFor();
    const items = await shelfOf(page);
    const personal = (await page.locator('.shelf[data-source="personalize"]').count()) > 0;
    if (personal && items.length > 0) return items;
    await page.reload();
  }, PIPELINE);
}

async function clickUntilMore(page, taste, before) {
  const items = CATALOGUE.items.filter((item) => item.taste === taste);
  await page.locator('.filter').getByRole('radio', { name: nameOf(taste) }).check({ force: true });
  for (const [at, { itemId }] of items.entries()) {
    await page.locator(`.catalogue-items [data-item-id="${itemId}"]`).click();
    await answered(page, at + 1);
    if (countOf(taste, await shelfOf(page)) > before) return items.slice(0, at + 1).map((item) => item.itemId);
  }
  assert.fail(`the shelf never showed more than ${before} of ${taste}`);
}

async function clickOnShelf(page) {
  const before = (await logged(page, 'taken')).length;
  const card = page.locator('.shelf-items .card').first();
  const itemId = await card.getAttribute('data-item-id');
  await card.click();
  await answered(page, before + 1);
  return itemId;
}

// All clicks were taken, and the question for something new came to its end.
function answered(page, clicks) {
  return eventually(`${clicks} clicks are answered`, async () => {
    const taken = (await logged(page, 'taken')).length;
    const ended = await page.locator('.shelf:is([data-phase="changed"], [data-phase="unchanged"])').count();
    return taken === clicks && ended > 0;
  }, PIPELINE);
}

function shelfOf(page) {
  return page.locator('.shelf-items .card').evaluateAll((cards) => cards.map((card) => card.dataset.itemId));
}

function logged(page, outcome) {
  return page
    .locator(`.exchange-events [data-outcome="${outcome}"]`)
    .evaluateAll((events) => events.map((event) => event.dataset.eventId));
}

function countOf(taste, itemIds) {
  return itemIds.filter((itemId) => itemId.startsWith(`${taste}-`)).length;
}

function leastOn(shelf) {
  return TASTES.toSorted((one, other) => countOf(one, shelf) - countOf(other, shelf))[0];
}

function nameOf(taste) {
  return CATALOGUE.tastes.find(({ id }) => id === taste).name;
}
