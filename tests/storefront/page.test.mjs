// The storefront in a browser, before APIs that do what the test tells them.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { launch } from './browser.mjs';
import { eventually } from './eventually.mjs';
import { problem } from './fake-apis.mjs';
import { CATALOGUE, ITEM_IDS, inShop } from './shop.mjs';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const ids = (interactions) => interactions.map(({ eventId }) => eventId);
const popular = (reason) => ({
  body: { source: 'popular', fallback: { reason }, items: ITEM_IDS.slice(0, 10).map((itemId) => ({ itemId, score: 0 })) },
});

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());
const shopTest = inShop(() => browser);

// What is seen

shopTest('everything in the catalogue is listed, by taste or all at once', async ({ page }) => {
  const listed = () =>
    page.locator('.catalogue-items .card:visible').evaluateAll((cards) => cards.map((card) => card.dataset.itemId));
  assert.deepEqual(await listed(), ITEM_IDS.slice(0, 24));
  for (const { id, name } of CATALOGUE.tastes) {
    await page.getByRole('radio', { name }).check({ force: true });
    assert.deepEqual(await listed(), CATALOGUE.items.filter(({ taste }) => taste === id).map(({ itemId }) => itemId));
  }
  await page.getByRole('radio', { name: 'All' }).check({ force: true });
  await page.getByRole('button', { name: 'Show all 120' }).click();
  assert.deepEqual((await listed()).toSorted(), ITEM_IDS.toSorted());
});

shopTest('the page works with the keyboard alone, and the focus is never lost', async (shop) => {
  const { page, fake } = shop;
  const focused = () => page.evaluate(() => document.activeElement.dataset.itemId ?? document.activeElement.id);
  await shop.shelfCard('kitchen-0').focus();
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'item-title');
  await shop.phase('changed');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#item').isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.className), 'shelf-items items'); // The card is gone.

  await shop.catalogueCard('kitchen-1').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'kitchen-1');
  await eventually('both are taken', () => fake.taken.size === 2);
});

shopTest('a card that stays on the shelf keeps the focus', async (shop) => {
  await shop.shelfCard('garden-0').focus();
  await shop.page.evaluate(() => {
    const card = document.querySelector('.catalogue-items [data-item-id="garden-1"]');
    card.click();
    document.querySelector('.shelf-items [data-item-id="garden-0"]').focus();
  });
  await shop.phase('changed');
  const focused = await shop.page.evaluate(() => document.activeElement.dataset.itemId);
  assert.equal(focused, 'garden-0');
});

for (const width of [320, 390, 768, 1024, 1600]) {
  shopTest(`nothing is cut off on a screen of ${width}`, { viewport: { width, height: 800 } }, async (shop) => {
    await shop.clickAtOnce('garden-3');
    await shop.phase('changed');
    const [needed, given] = await shop.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(needed <= given, `${needed} > ${given}`);
  });
}

const noConfig = { 'config.json': null };
shopTest('without config.json the page says what is missing', { closed: true, files: noConfig }, async (shop) => {
  await shop.page.goto(shop.site.url);
  await shop.says('#notice', 'config.json');
});

const noUrl = { 'config.json': '{"collectorUrl":"javascript:alert(1)","recommendationApiUrl":"http://127.0.0.1/"}' };
shopTest('a URL that is none is named', { closed: true, files: noUrl }, async (shop) => {
  await shop.page.goto(shop.site.url);
  await shop.says('#notice', 'field collectorUrl');
});

// Clicks

shopTest('a click on the shelf is one valid interaction, with the ids of the shelf', async (shop) => {
  const { fake } = shop;
  const before = Date.now();
  await shop.shelfCard('music-0').click();
  await shop.phase('changed');
  const [{ body }, ...more] = fake.of('POST /interactions');
  assert.deepEqual([more, fake.of('POST /interactions/batch')], [[], []]);

  const { eventId, sentAt, ...rest } = body;
  const { recommendationId, items } = fake.of('GET /recommendations')[0].answer;
  const impression = items.map(({ itemId }) => itemId);
  assert.deepEqual(rest, { eventType: 'click', itemId: 'music-0', recommendationId, impression });
  assert.match(eventId, UUID);
  assert.ok(Math.abs(Date.parse(sentAt) - before) < 10_000, sentAt);
  assert.deepEqual(await shop.logged('taken'), [eventId]);
});

shopTest('a click in the catalogue names no recommendation', async (shop) => {
  const { fake } = shop;
  await shop.catalogueCard('music-0').click();
  await shop.emptied();
  const { eventId, sentAt, ...rest } = [...fake.taken.values()][0].interaction;
  assert.deepEqual(rest, { eventType: 'click', itemId: 'music-0' });
});

shopTest('a click on what goes well with an item names that recommendation', async (shop) => {
  const { fake } = shop;
  await shop.catalogueCard('sewing-2').click();
  await shop.relatedCard('sewing-1').click();
  const { interaction } = await eventually('the second click is taken', () => [...fake.taken.values()][1]);
  const { recommendationId, items } = fake.of('GET /items/{id}/related')[0].answer;
  assert.equal(interaction.recommendationId, recommendationId);
  assert.deepEqual(interaction.impression, items.map(({ itemId }) => itemId));
  assert.equal(await shop.text('#item-title'), 'Pin cushion with a sawdust heart');
});

shopTest('rapid clicks go together, in their order', async (shop) => {
  const { fake } = shop;
  await shop.clickAtOnce('garden-2', 'kitchen-0', 'music-1');
  await eventually('all are taken', () => fake.taken.size === 3);
  const [{ body }] = fake.of('POST /interactions/batch');
  assert.deepEqual(body.interactions.map(({ itemId }) => itemId), ['garden-2', 'kitchen-0', 'music-1']);
  assert.deepEqual(fake.of('POST /interactions'), []);
});

shopTest('what is clicked soon after a click goes with it', async (shop) => {
  const { fake, page } = shop;
  await page.clock.install();
  await page.reload();
  await shop.phase('settled');
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
  await shop.clickAtOnce('garden-2');
  await page.clock.runFor(100);
  await shop.clickAtOnce('kitchen-0');
  await page.clock.runFor(200);
  await eventually('both are taken', () => fake.taken.size === 2);
  assert.deepEqual(fake.of('POST /interactions'), []);
});

shopTest('a double click is one', async (shop) => {
  const { fake } = shop;
  await shop.catalogueCard('garden-2').dblclick();
  await shop.phase('changed');
  assert.equal(fake.taken.size, 1);
});

// The shelf

shopTest('the shelf follows a click, and what is new is marked', async (shop) => {
  const before = await shop.shelf();
  assert.deepEqual(await shop.marked(), []);
  await shop.catalogueCard('cycling-2').click();
  await shop.phase('changed');
  const now = await shop.shelf();
  assert.deepEqual(await shop.marked(), now.filter((itemId) => !before.includes(itemId)));
  assert.ok(now.every((itemId) => itemId.startsWith('cycling-')), now.join());
  assert.equal(await shop.text('.shelf-status'), '9 new for you');
});

shopTest('the question for something new has an end, and costs no body', async (shop) => {
  const { fake, page } = shop;
  fake.frozen = true;
  await page.clock.install();
  await page.reload();
  await shop.phase('settled');
  const before = fake.of('GET /recommendations').length;
  await shop.clickAtOnce('garden-4');
  await eventually('the page gives up', async () => {
    await page.clock.runFor(1_000);
    return (await shop.text('.shelf-status')) === 'Nothing new yet';
  });
  await page.clock.runFor(600_000);
  const asked = fake.of('GET /recommendations').slice(before);
  assert.equal(asked.length, 12);
  assert.ok(asked.every(({ conditional, status }) => conditional && status === 304), JSON.stringify(asked));
});

shopTest('popular items are shown as such, and a click on them names no recommendation', async (shop) => {
  const { fake, page } = shop;
  fake.always('GET /recommendations', popular('timeout'));
  await page.reload();
  await shop.says('#shelf-title', 'Popular right now');
  assert.match(await shop.text('.shelf .hint'), /taking a break/);
  assert.match(await shop.text('.origin'), /source popular[^]*because timeout/);
  await shop.shelfCard('kitchen-0').click();
  const { interaction } = await eventually('the click is taken', () => [...fake.taken.values()][0]);
  assert.equal('recommendationId' in interaction, false);
  assert.equal(interaction.impression.length, 10);

  fake.mend('GET /recommendations');
  await shop.says('#shelf-title', 'Recommended for you');
});

shopTest('popular items in between do not end the question for something new', async (shop) => {
  const { fake } = shop;
  fake.next('GET /recommendations', popular('timeout'));
  await shop.catalogueCard('cycling-2').click();
  await shop.phase('changed');
  assert.equal(await shop.text('#shelf-title'), 'Recommended for you');
  assert.ok((await shop.shelf()).every((itemId) => itemId.startsWith('cycling-')));
});

shopTest('no recommendations at all are shown as such', async (shop) => {
  const { fake, page } = shop;
  fake.always('GET /recommendations', { body: { source: 'none', fallback: { reason: 'breaker_open' }, items: [] } });
  await page.reload();
  await shop.says('.shelf .hint', 'taking a break');
  assert.deepEqual(await shop.shelf(), []);

  fake.always('GET /recommendations', { body: { source: 'personalize', recommendationId: 'RID-1', items: [] } });
  await page.reload();
  await shop.says('.shelf .hint', 'Nothing to recommend yet');
});

shopTest('a shelf that cannot be had can be asked for again', async (shop) => {
  const { fake, page } = shop;
  await page.clock.install();
  fake.always('GET /recommendations', problem(503, 'Service Unavailable'));
  await page.reload();
  await eventually('the page gives up', async () => {
    await page.clock.runFor(1_000);
    return (await shop.text('.shelf-status')) === 'Recommendations cannot be reached';
  });
  fake.mend('GET /recommendations');
  await page.getByRole('button', { name: 'Try again' }).click();
  await eventually('the shelf is filled', async () => {
    await page.clock.runFor(100);
    return (await shop.shelf()).length === 10;
  });
});

// What goes wrong on the way

shopTest('of a batch that failed in part only the failed go again', async (shop) => {
  const { fake } = shop;
  fake.failPositions(1);
  await shop.clickAtOnce('garden-2', 'kitchen-1', 'music-1');
  await eventually('all are taken', () => fake.taken.size === 3);
  const [{ body }] = fake.of('POST /interactions/batch');
  const [again, ...more] = fake.of('POST /interactions');
  assert.deepEqual([again.body, more], [body.interactions[1], []]);
  await shop.emptied();
  assert.deepEqual((await shop.logged('taken')).toSorted(), ids(body.interactions).toSorted());
  assert.deepEqual([...fake.taken.values()].map(({ times }) => times), [1, 1, 1]);
});

shopTest('of a batch whose failed positions are not clear nothing is taken for sent', async (shop) => {
  const { fake } = shop;
  fake.next('POST /interactions/batch', { status: 207, body: { accepted: 1, failed: [{ index: 7 }] } });
  await shop.clickAtOnce('garden-2', 'kitchen-1');
  await eventually('both are taken', () => fake.taken.size === 2);
  const [first, second] = fake.of('POST /interactions/batch');
  assert.deepEqual(second.body, first.body);
});

shopTest('what is clicked offline is sent when the network is back, with the same event ids', async (shop) => {
  const { fake, context } = shop;
  await context.setOffline(true);
  for (const itemId of ['garden-2', 'kitchen-1', 'music-1']) await shop.catalogueCard(itemId).click();
  await shop.waits(3);
  await shop.says('#notice', 'You are offline. 3 clicks kept');
  const kept = await shop.kept();
  assert.equal(fake.taken.size, 0);

  await context.setOffline(false);
  await eventually('all are taken', () => fake.taken.size === 3);
  assert.deepEqual([...fake.taken.keys()], ids(kept));
  assert.deepEqual(fake.of('POST /interactions/batch').map(({ body }) => body.interactions), [kept]);
  await shop.emptied();
  assert.deepEqual(await shop.kept(), []);
  assert.equal(await shop.text('#notice'), '');
  await shop.phase('changed');
});

shopTest('when the network is back, nothing waits for the next attempt', async (shop) => {
  const { fake, context, page } = shop;
  await page.clock.install();
  await page.reload();
  await shop.phase('settled');
  await context.setOffline(true);
  await shop.clickAtOnce('garden-2');
  await eventually('the next attempt is more than 20 s away', async () => {
    await page.clock.runFor(10_000);
    return /×[67]/.test(await shop.text('.exchanges'));
  });
  await context.setOffline(false);
  await eventually('the click is taken', () => fake.taken.size === 1);
});

shopTest('a browser that takes itself for offline still tries', { closed: true }, async (shop) => {
  await shop.page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { get: () => false }));
  await shop.enter();
  await shop.catalogueCard('garden-2').click();
  await shop.phase('changed');
  assert.equal(await shop.text('#notice'), '');
});

for (const [status, title] of [[500, 'Internal Server Error'], [503, 'Service Unavailable']]) {
  shopTest(`what was answered with ${status} survives a reload, and is sent once`, async (shop) => {
    const { fake, page } = shop;
    fake.always('POST /interactions', problem(status, title));
    await shop.catalogueCard('garden-2').click();
    await shop.says('#notice', '1 click kept');
    const [{ eventId }] = await shop.kept();

    await page.reload();
    fake.mend('POST /interactions');
    await eventually('the click is taken', () => fake.taken.has(eventId));
    await shop.emptied();
    assert.equal(fake.taken.get(eventId).times, 1);
  });
}

shopTest('an expired session is renewed once, for all calls', async (shop) => {
  const { fake } = shop;
  const [{ answer: first }] = fake.of('POST /sessions');
  fake.expireSessions();
  await shop.catalogueCard('garden-2').click();
  await shop.phase('changed');
  const [, { answer: second }, ...more] = fake.of('POST /sessions');
  assert.deepEqual(more, []);
  assert.notEqual(second.sessionId, first.sessionId);
  assert.deepEqual([...fake.taken.values()].map(({ sessionId }) => sessionId), [second.sessionId]);
});

shopTest('calls that begin together share a session', { closed: true }, async (shop) => {
  const { fake, page } = shop;
  await page.addInitScript(() => {
    const left = { eventId: 'left', eventType: 'click', sentAt: '2026-01-31T12:00:00Z' };
    localStorage['storefront.outbox.000000000000001.left'] = JSON.stringify(left);
  });
  await page.goto(shop.site.url);
  await eventually('what was left is taken', () => fake.taken.has('left'));
  await eventually('the shelf is filled', () => fake.of('GET /recommendations').length > 0);
  assert.equal(fake.of('POST /sessions').length, 1);
});

shopTest('a click that is refused with 401 is sent again with another session', async (shop) => {
  const { fake } = shop;
  fake.next('POST /interactions', problem(401, 'Unauthorized'));
  await shop.catalogueCard('garden-2').click();
  await shop.phase('changed');
  const [refused, taken, ...more] = fake.of('POST /interactions');
  assert.deepEqual([refused.status, taken.status, more], [401, 202, []]);
  assert.deepEqual(taken.body, refused.body);
  assert.equal(fake.of('POST /sessions').length, 2);
});

shopTest('a session that is refused again is not asked for in circles', async (shop) => {
  const { fake, page } = shop;
  fake.next('POST /interactions', problem(401, 'Unauthorized'), problem(401, 'Unauthorized'));
  await shop.clickAtOnce('garden-2');
  await eventually('both are refused', () => fake.of('POST /interactions').length >= 2);
  assert.equal(fake.of('POST /sessions').length, 2);
  await eventually('the click is taken', () => fake.taken.size === 1);
  assert.equal(fake.of('POST /interactions').length, 3);
});

shopTest('429 is not asked again before its Retry-After', async (shop) => {
  const { fake, page } = shop;
  const throttled = () => problem(429, 'Too Many Requests', { 'retry-after': '2' });
  fake.next('POST /interactions', throttled());
  fake.next('GET /recommendations', throttled());
  await page.reload();
  await shop.clickAtOnce('garden-2');
  await shop.says('#notice', '1 click kept');
  await shop.clickAtOnce('garden-1');
  await eventually('both are taken', () => fake.taken.size === 2);
  await shop.phase('changed');

  const [refused] = fake.of('POST /interactions');
  const [taken] = fake.of('POST /interactions/batch');
  assert.ok(taken.at - refused.at >= 2_000, `${taken.at - refused.at} ms`);
  const asked = fake.of('GET /recommendations');
  const at = asked.findIndex(({ status }) => status === 429);
  assert.ok(asked[at + 1].at - asked[at].at >= 2_000, `${asked[at + 1].at - asked[at].at} ms`);
});

shopTest('one broken interaction takes no other with it', async (shop) => {
  const { fake, page } = shop;
  await page.evaluate(() => {
    localStorage['storefront.outbox.000000000000001.a'] = '{"eventId":"broken","eventType":"click"}';
    localStorage['storefront.outbox.000000000000002.b'] = 'no JSON';
  });
  await shop.clickAtOnce('garden-2', 'garden-3');
  await eventually('the others are taken', () => fake.taken.size === 2);
  await shop.emptied();
  assert.deepEqual(await shop.kept(), []);
  assert.deepEqual(await shop.logged('refused'), ['broken']);
  assert.deepEqual(fake.refused.map(({ interactions }) => interactions.length), [3, 1]);
  fake.refused.length = 0; // That was asked for.
});

shopTest('beyond the bound the oldest is lost, and the page says so', async (shop) => {
  const { fake, page } = shop;
  fake.always('POST /interactions/batch', problem(503, 'Service Unavailable'));
  await page.evaluate(() => {
    for (let at = 0; at < 500; at += 1) {
      const interaction = { eventId: `old-${at}`, eventType: 'click', sentAt: '2026-01-31T12:00:00Z' };
      localStorage[`storefront.outbox.000000000000001.${String(at).padStart(9, '0')}`] = JSON.stringify(interaction);
    }
  });
  await shop.clickAtOnce('garden-2');
  await shop.says('#notice', '1 click lost: only the last 500 are kept');
  const kept = ids(await shop.kept());
  assert.deepEqual([kept.length, kept[0], kept.includes('old-0')], [500, 'old-1', false]);

  fake.mend('POST /interactions/batch');
  await eventually('the others are taken', () => fake.taken.size === 500);
});

shopTest('a browser without storage keeps the clicks in memory', { closed: true }, async (shop) => {
  const { fake, page } = shop;
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await page.goto(shop.site.url);
  await shop.phase('settled');
  fake.next('POST /interactions', problem(503, 'Service Unavailable'));
  await shop.clickAtOnce('garden-2');
  await eventually('the click is taken', () => fake.taken.size === 1);
  assert.equal(fake.of('POST /interactions').length, 2);
});

// What must not happen

const HOSTILE = [
  '<img src=x onerror=window.hacked=1>',
  '"><script>window.hacked=1</script>',
  "'); window.hacked=1 //",
  '../../sessions?x#y',
];
const hostileCatalogue = JSON.stringify({
  ...CATALOGUE,
  items: [{ itemId: 'garden-0', taste: 'garden', title: HOSTILE[0], note: HOSTILE[1], cents: 100 }],
});
const hostile = { items: [...HOSTILE, 'garden-0'], files: { 'catalogue.json': hostileCatalogue } };

shopTest('hostile text in answers and titles is text', hostile, async (shop) => {
  const { fake, page } = shop;
  const items = [...HOSTILE, 'garden-0', null, 7, {}, '', 'x'.repeat(257)].map((itemId) => ({ itemId }));
  fake.always('GET /recommendations', { body: { source: HOSTILE[0], arm: HOSTILE[1], items } });
  fake.next('POST /interactions', problem(503, HOSTILE[0]));
  await page.reload();
  await shop.says('.origin', HOSTILE[0]);
  assert.match(await shop.text('.shelf-items'), /<img src=x onerror=window\.hacked=1>/);
  assert.deepEqual(await shop.shelf(), [...HOSTILE, 'garden-0']);

  for (const itemId of [...HOSTILE, 'garden-0']) {
    await shop.shelfCard(itemId).click();
    await eventually(`what goes with ${itemId} is asked for`, () =>
      fake.of('GET /items/{id}/related').some(({ path }) => decodeURIComponent(path.split('/')[2]) === itemId),
    );
  }
  await eventually('all are taken', () => fake.taken.size === 5);
  await shop.says('.exchanges', HOSTILE[0]);
  assert.equal(await page.locator('img, script:not([type="module"])').count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

const elsewhere = 'policy: connect-src http://127.0.0.1:9/';
shopTest('the page reaches its APIs and nothing else, and parses no markup', async ({ page, complaints }) => {
  assert.equal(await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(({ name }) => name)), 'TypeError');
  await eventually('the policy holds', () => complaints.includes(elsewhere));
  const markup = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<p>markup</p>';
    } catch ({ name }) {
      return name;
    }
  });
  assert.equal(markup, 'TypeError');
  complaints.length = 0; // They were asked for.
});

shopTest('the token is in no text of the page', async (shop) => {
  const { fake, page } = shop;
  await shop.clickAtOnce('garden-2');
  await shop.phase('changed');
  const { token } = fake.of('POST /sessions')[0].answer;
  assert.equal((await page.content()).includes(token), false);
});
