// The catalogue: every item, by taste.

import { card } from './card.js';
import { element } from './element.js';

/** How many items are shown while no taste is chosen and nobody asked for all. */
const AT_FIRST = 24;
const EVERY_TASTE = '';

/** Shows the catalogue and its filter; `onOpen(itemId)` is called for an item that is chosen. */
export function showCatalogue({ section, catalogue, onOpen }) {
  const entries = catalogue.items.map((item) => ({ item, entry: card(item, onOpen) }));
  section.querySelector('.catalogue-items').replaceChildren(...entries.map(({ entry }) => entry));

  const filter = section.querySelector('.filter');
  const tastes = [{ id: EVERY_TASTE, name: 'All' }, ...catalogue.tastes];
  filter.append(...tastes.map(choice));

  const more = section.querySelector('.more');
  more.textContent = `Show all ${entries.length}`;
  const state = { taste: EVERY_TASTE, all: false };
  const show = () => showOf(section, entries, state);
  filter.addEventListener('change', (event) => {
    state.taste = event.target.value;
    show();
  });
  more.addEventListener('click', () => {
    state.all = true;
    show();
    entries[AT_FIRST].entry.firstChild.focus(); // The button is gone: go on where it stood.
  });
  show();
}

function choice({ id, name }) {
  const input = element('input', { type: 'radio', name: 'taste', value: id, checked: id === EVERY_TASTE });
  return element('label', { class: 'choice' }, input, element('span', {}, name));
}

function showOf(section, entries, { taste, all }) {
  const chosen = entries.filter(({ item }) => taste === EVERY_TASTE || item.taste === taste);
  const shown = new Set(taste === EVERY_TASTE && !all ? chosen.slice(0, AT_FIRST) : chosen);
  for (const one of entries) one.entry.hidden = !shown.has(one);
  section.querySelector('.more').hidden = shown.size === chosen.length;
  section.querySelector('.count').textContent = `${shown.size} of ${entries.length} things`;
}
