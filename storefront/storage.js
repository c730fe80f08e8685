// localStorage that never throws: what the browser does not take is kept in this tab's memory.

const PREFIX = 'storefront.';

/** Text by key. Kept over reloads where the browser allows it, else until the tab is closed. */
export class PageStorage {
  #browser = browserStorage();
  #memory = new Map();

  get(key) {
    return this.#memory.get(key) ?? this.#browser?.getItem(PREFIX + key) ?? null;
  }

  set(key, text) {
    try {
      if (!this.#browser) throw new Error('the browser has no storage for this page');
      this.#browser.setItem(PREFIX + key, text);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, text);
    }
  }

  remove(key) {
    this.#memory.delete(key);
    this.#browser?.removeItem(PREFIX + key);
  }

  /** The keys that begin so, in order. */
  keys(beginning) {
    const kept = Object.keys(this.#browser ?? {}).filter((key) => key.startsWith(PREFIX));
    const all = new Set([...kept.map((key) => key.slice(PREFIX.length)), ...this.#memory.keys()]);
    return [...all].filter((key) => key.startsWith(beginning)).sort();
  }
}

// Reading the property alone throws where cookies are blocked.
function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
