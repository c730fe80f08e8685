// An item as a card: a list entry with one button.

import { element } from './element.js';
import { tile } from './tile.js';

/**
 * @param {import('./catalogue.js').Item} item
 * @param {(itemId: string) => void} onOpen
 */
export function card(item, onOpen) {
  const button = element(
    'button',
    { class: 'card', type: 'button', 'data-item-id': item.itemId },
    tile(item),
    element('span', { class: 'card-title' }, item.title),
    item.price && element('span', { class: 'card-price' }, item.price),
  );
  button.addEventListener('click', (event) => {
    if (event.detail < 2) onOpen(item.itemId); // A double click is meant as one.
  });
  return element('li', {}, button);
}

/** Marks a card as new on its shelf, or takes the mark away. */
export function markNew(entry, isNew) {
  const button = entry.querySelector('.card');
  button.querySelector('.mark')?.remove();
  button.classList.toggle('is-new', isNew);
  if (isNew) button.append(element('span', { class: 'mark' }, 'New'));
}

/** Marks the cards of the item that is open, wherever they are. */
export function markOpen(itemId) {
  for (const button of document.querySelectorAll('.card')) {
    if (button.dataset.itemId === itemId) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}
