// The interactions that the collector has not taken yet. An interaction is kept here before it is sent, and is removed
// when it was taken: what happens between the two, a reload included, loses nothing.

/** Interactions kept, at most; as many as one batch takes. Beyond it the oldest is lost. */
export const OUTBOX_LIMIT = 500;

const BEGINNING = 'outbox.';

/** A queue with a bound, in the browser's storage. Each interaction has its own key: two tabs never overwrite a list. */
export class Outbox {
  #storage;
  #added = 0;

  constructor(storage) {
    this.#storage = storage;
  }

  /**
   * Keeps an interaction.
   * @returns {object[]} those that were lost for it
   */
  add(interaction) {
    this.#storage.set(this.#nextKey(interaction.eventId), JSON.stringify(interaction));
    const lost = this.#entries().slice(0, -OUTBOX_LIMIT);
    for (const { key } of lost) this.#storage.remove(key);
    return lost.map((entry) => entry.interaction);
  }

  /** The interactions that wait, in the order in which they came. */
  all() {
    return this.#entries().map((entry) => entry.interaction);
  }

  remove(eventIds) {
    const gone = new Set(eventIds);
    for (const { key, interaction } of this.#entries()) {
      if (gone.has(interaction.eventId)) this.#storage.remove(key);
    }
  }

  #entries() {
    return this.#storage.keys(BEGINNING).flatMap((key) => {
      const interaction = parsed(this.#storage.get(key));
      if (interaction) return [{ key, interaction }];
      this.#storage.remove(key); // Not ours, or broken: it would stand in front of the others for ever.
      return [];
    });
  }

  // Keys sort by time, then by what this tab added within a millisecond.
  #nextKey(eventId) {
    this.#added += 1;
    return `${BEGINNING}${String(Date.now()).padStart(15, '0')}.${String(this.#added).padStart(9, '0')}.${eventId}`;
  }
}

function parsed(text) {
  try {
    const interaction = JSON.parse(text);
    return typeof interaction?.eventId === 'string' ? interaction : null;
  } catch {
    return null;
  }
}
