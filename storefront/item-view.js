// The item that is open, and what goes well with it.

import { card } from './card.js';
import { tile } from './tile.js';

/** Items in "Goes well with". */
export const RELATED_ITEMS = 3;

const HINTS = { popular: 'Popular right now: nothing is known of what goes with it at the moment.' };

/** The panel of the open item; `onClose()` is called when it was closed. */
export class ItemView {
  #panel;
  #catalogue;
  #otherwise;
  #onClose;
  #cameFrom = null;

  /** `otherwise` gets the focus when the card that the item was opened by is gone: a shelf changes. */
  constructor({ panel, catalogue, otherwise, onClose }) {
    this.#panel = panel;
    this.#catalogue = catalogue;
    this.#otherwise = otherwise;
    this.#onClose = onClose;
    this.#part('.close').addEventListener('click', () => this.close());
    document.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
  }

  /** Opens an item. The focus goes to its title, and back when the panel is closed. */
  open(itemId) {
    const item = this.#catalogue.item(itemId);
    if (!this.#panel.contains(document.activeElement)) this.#cameFrom = document.activeElement;
    this.#part('.item-tile').replaceChildren(tile(item));
    this.#part('.item-taste').textContent = this.#catalogue.tasteOf(item);
    this.#part('h2').textContent = item.title;
    this.#part('.item-note').textContent = item.note ?? '';
    this.#part('.item-price').textContent = item.price ?? '';
    this.#part('.related').hidden = true;
    this.#panel.hidden = false;
    this.#panel.scrollTop = 0;
    this.#part('h2').focus({ preventScroll: true });
  }

  /** Shows what goes well with the open item, if anything does. */
  showRelated({ source, itemIds }, onOpen) {
    const entries = itemIds.map((itemId) => card(this.#catalogue.item(itemId), onOpen));
    this.#part('.related').hidden = entries.length === 0;
    this.#part('.related-hint').textContent = HINTS[source] ?? '';
    this.#part('.related-items').replaceChildren(...entries);
  }

  close() {
    if (this.#panel.hidden) return;
    this.#panel.hidden = true;
    const back = this.#cameFrom?.isConnected ? this.#cameFrom : this.#otherwise;
    back.focus({ preventScroll: true });
    this.#onClose();
  }

  #part(selector) {
    return this.#panel.querySelector(selector);
  }
}
