// The storefront in a browser before the fake APIs, with verbs for what a visitor does and sees.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { newPage } from './browser.mjs';
import { eventually } from './eventually.mjs';
import { FakeApis } from './fake-apis.mjs';
import { serveStorefront } from './static-site.mjs';

export const CATALOGUE = JSON.parse(readFileSync(new URL('../../storefront/catalogue.json', import.meta.url), 'utf8'));
const number = ({ itemId }) => Number(itemId.split('-')[1]);
/** Item ids, tastes mixed. */
export const ITEM_IDS = CATALOGUE.items.toSorted((one, other) => number(one) - number(other)).map(({ itemId }) => itemId);

/**
 * A test in a shop of its own, which closes however the test ends. At its end the browser must have had nothing to
 * complain of, and the collector's door nothing to refuse.
 * @param {() => import('playwright-core').Browser} browser
 */
export function inShop(browser) {
  return (name, ...more) => {
    const [body, options = {}] = more.toReversed();
    test(name, { timeout: 90_000 }, async (t) => {
      const shop = await Shop.build(t, browser(), options);
      await body(shop);
      assert.deepEqual(shop.complaints, []);
      assert.deepEqual(shop.fake.refused, []);
    });
  };
}

export class Shop {
  /** Builds the shop and, unless `options.closed`, goes in and waits for the shelf. */
  static async build(t, browser, { files = {}, items = ITEM_IDS, closed = false, ...options }) {
    const shop = new Shop();
    shop.fake = await FakeApis.start(items);
    t.after(() => shop.fake.stop());
    const config = JSON.stringify({ collectorUrl: shop.fake.url, recommendationApiUrl: shop.fake.url });
    shop.site = await serveStorefront({ 'config.json': config, ...files });
    t.after(() => shop.site.stop());
    Object.assign(shop, await newPage(browser, options));
    t.after(() => shop.context.close());
    if (!closed) await shop.enter();
    return shop;
  }

  async enter() {
    await this.page.goto(this.site.url);
    await this.page.locator('.shelf[data-phase="settled"]').waitFor();
  }

  shelfCard(itemId) {
    return this.#card('.shelf-items', itemId);
  }

  catalogueCard(itemId) {
    return this.#card('.catalogue-items', itemId);
  }

  relatedCard(itemId) {
    return this.#card('.related-items', itemId);
  }

  #card(list, itemId) {
    return this.page.locator(`${list} [data-item-id=${JSON.stringify(itemId)}]`);
  }

  /** Several clicks before the browser does anything else. */
  async clickAtOnce(...itemIds) {
    await this.catalogueCard(itemIds[0]).waitFor({ state: 'attached' });
    await this.page.evaluate((ids) => {
      for (const id of ids) document.querySelector(`.catalogue-items [data-item-id="${id}"]`).click();
    }, itemIds);
  }

  /** Ids of what the shelf shows; only of what it marks as new. */
  shelf() {
    return this.#ids('.shelf-items .card');
  }

  marked() {
    return this.#ids('.shelf-items .card:has(.mark)');
  }

  #ids(selector) {
    return this.page.locator(selector).evaluateAll((cards) => cards.map((card) => card.dataset.itemId));
  }

  phase(phase) {
    return this.page.locator(`.shelf[data-phase="${phase}"]`).waitFor();
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }

  /** Waits until the page says so. */
  says(selector, words) {
    return eventually(`${selector} says ${words}`, async () => (await this.text(selector)).includes(words));
  }

  /** Waits until nothing waits to be sent. */
  emptied() {
    return this.page.locator('#waiting[data-waiting="0"]').waitFor({ state: 'attached' });
  }

  waits(count) {
    return this.page.locator(`#waiting[data-waiting="${count}"]`).waitFor({ state: 'attached' });
  }

  /** The interactions that the page keeps. */
  kept() {
    return this.page.evaluate(() =>
      Object.keys(localStorage).filter((key) => key.includes('outbox')).sort().map((key) => JSON.parse(localStorage[key])),
    );
  }

  /** Event ids that the log gives this outcome. */
  logged(outcome) {
    return this.page
      .locator(`.exchange-events [data-outcome="${outcome}"]`)
      .evaluateAll((entries) => entries.map((entry) => entry.dataset.eventId));
  }
}
