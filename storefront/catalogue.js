// The shop's items. What the APIs name by id only has its title, price and taste here.

/**
 * @typedef {object} Item
 * @property {string} itemId
 * @property {string} title
 * @property {string | null} taste null when the catalogue does not have it
 * @property {string | null} price as it is shown
 * @property {string | null} note
 */

/** Reads catalogue.json. */
export async function loadCatalogue() {
  const response = await fetch('catalogue.json', { cache: 'no-cache' });
  if (!response.ok) throw new Error(`catalogue.json was answered with ${response.status}`);
  return new Catalogue(await response.json());
}

export class Catalogue {
  #items;

  constructor({ currency, tastes, items }) {
    const money = new Intl.NumberFormat('en-IE', { style: 'currency', currency });
    this.tastes = tastes;
    this.#items = new Map(items.map(({ cents, ...item }) => [item.itemId, { ...item, price: money.format(cents / 100) }]));
  }

  /** All items, tastes mixed: the first of each, the second of each, and so on. @returns {Item[]} */
  get items() {
    const rows = new Map(this.tastes.map(({ id }) => [id, 0]));
    const row = ({ taste }) => rows.set(taste, rows.get(taste) + 1).get(taste);
    return [...this.#items.values()]
      .map((item) => ({ item, row: row(item) }))
      .sort((one, other) => one.row - other.row)
      .map(({ item }) => item);
  }

  /** An item by its id. One that the catalogue does not have is shown by its id. @returns {Item} */
  item(itemId) {
    return this.#items.get(itemId) ?? { itemId, title: itemId, taste: null, price: null, note: null };
  }

  /** The name of an item's taste. */
  tasteOf({ taste }) {
    return this.tastes.find(({ id }) => id === taste)?.name ?? 'Not in this catalogue';
  }
}
