// The catalogue has the items that the generated click stream is about.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { tastes, items } = JSON.parse(read('storefront/catalogue.json'));

test('the catalogue has every item of the generated clicks, and no other', () => {
  const source = read('crates/recommendations/interaction-replay/src/input/clicks.rs');
  const named = /TASTES: [^=]*= \[([^\]]*)\]/.exec(source)[1].match(/\w+/g);
  const count = Number(/ITEMS_PER_TASTE: usize = (\d+)/.exec(source)[1]);
  const generated = named.flatMap((taste) => Array.from({ length: count }, (_, number) => `${taste}-${number}`));
  assert.deepEqual(tastes.map(({ id }) => id), named);
  assert.deepEqual(items.map(({ itemId }) => itemId), generated);
});

test('every item has a title of its own, a taste, a note and a price', () => {
  assert.equal(new Set(items.map(({ title }) => title)).size, items.length);
  for (const { itemId, taste, note, cents } of items) {
    assert.ok(itemId.startsWith(`${taste}-`) && note.length > 0 && Number.isInteger(cents) && cents > 0, itemId);
  }
});
