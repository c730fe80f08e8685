// The activity log: what was sent, and what came back.

/** Entries kept, at most. */
export const ENTRIES = 100;

/**
 * @typedef {object} Entry
 * @property {string} method
 * @property {string} path
 * @property {number} status 0 when nothing came back
 * @property {number} milliseconds
 * @property {number | null} retryAfterSeconds
 * @property {string | null} problem in words
 * @property {string[]} [facts]
 * @property {{eventId: string, itemId: string, outcome: string}[]} [events]
 * @property {number} times how often in a row
 * @property {Date} at
 */

/** Says `change` with each entry. Of equal ones in a row only the last is kept, and how many they were. */
export class Activity extends EventTarget {
  /** Newest first. @type {Entry[]} */
  entries = [];

  add(fields) {
    const entry = { facts: [], events: [], ...fields, at: new Date(), times: 1 };
    const [last, ...older] = this.entries;
    if (last && alike(last, entry)) {
      entry.times += last.times;
      this.entries = [entry, ...older];
    } else {
      this.entries = [entry, ...this.entries].slice(0, ENTRIES);
    }
    this.dispatchEvent(new Event('change'));
  }
}

function alike(one, other) {
  const gist = ({ method, path, status, problem, facts, events }) =>
    JSON.stringify([method, path, status, problem, facts, events]);
  return gist(one) === gist(other);
}
