// The shelf "Recommended for you".

import { card, markNew } from './card.js';
import { element } from './element.js';

/** What a shelf is called, and what is said of it, by where it comes from. */
export const SOURCES = {
  personalize: { title: 'Recommended for you', hint: 'It follows what you open.' },
  popular: {
    title: 'Popular right now',
    hint: 'Personal recommendations are taking a break. These are what most people open.',
  },
  none: {
    title: 'Recommended for you',
    hint: 'Recommendations are taking a break. Everything is in the catalogue below.',
  },
};
const EMPTY_HINT = 'Nothing to recommend yet: this shelf learns from what everybody opens.';

/** Shows `shelf`; `onOpen(itemId)` is called for an item that is chosen. */
export function showShelf({ section, shelf, catalogue, onOpen }) {
  const list = section.querySelector('.shelf-items');
  section.querySelector('.again').addEventListener('click', () => shelf.fill());
  shelf.addEventListener('change', () => {
    section.dataset.phase = shelf.phase;
    section.setAttribute('aria-busy', String(shelf.phase === 'asking'));
    section.querySelector('.shelf-status').textContent = status(shelf);
    section.querySelector('.again').hidden = shelf.phase !== 'failed';
    if (shelf.shown) showRecommendation(section, shelf.shown);
    if (shelf.shown) arrange(list, shelf, (itemId) => card(catalogue.item(itemId), onOpen));
  });
}

/** What is going on, in words. */
export function status({ phase, fresh }) {
  const words = {
    asking: 'Choosing for you…',
    settled: '',
    watching: 'Looking for something new…',
    changed: fresh.size > 0 ? `${fresh.size} new for you` : 'Rearranged for you',
    unchanged: 'Nothing new yet',
    failed: 'Recommendations cannot be reached',
  };
  return words[phase];
}

function showRecommendation(section, { source, arm, reason, itemIds }) {
  const { title, hint } = SOURCES[source] ?? SOURCES.none;
  const empty = itemIds.length === 0 && source === 'personalize';
  section.dataset.source = source;
  section.querySelector('h2').textContent = title;
  section.querySelector('.hint').textContent = empty ? EMPTY_HINT : hint;
  const origin = [`source ${source}`, arm && `arm ${arm}`, reason && `because ${reason}`];
  section.querySelector('.origin').replaceChildren(
    ...origin.filter(Boolean).map((fact) => element('li', {}, fact)),
  );
}

// Cards that stay are moved, not made again: the one that has the focus keeps it.
function arrange(list, { shown, fresh }, make) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const entries = new Map([...list.children].map((entry) => [entry.firstChild.dataset.itemId, entry]));
  const arranged = shown.itemIds.map((itemId) => entries.get(itemId) ?? make(itemId));
  arranged.forEach((entry, at) => markNew(entry, fresh.has(shown.itemIds[at])));
  if (arranged.some((entry, at) => entry !== list.children[at]) || arranged.length !== list.children.length) {
    list.replaceChildren(...arranged);
  }
  if (focused) (focused.isConnected ? focused : list).focus({ preventScroll: true });
}
