// What is recommended to the visitor, and what became of the question for something new.

import { askUntil } from './asking.js';

/** Items on the shelf. An impression holds 25 at most. */
export const SHELF_ITEMS = 10;
// An interaction is on its way for seconds: batching window, function, event tracker. Some 25 s in all.
const PAUSES_UNTIL_CHANGED = [200, 400, 600, 800, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 4_000, 5_000];
const PAUSES_UNTIL_ANSWERED = [0, 1_000, 2_000, 4_000];

/**
 * Says `change` when it does. `phase` is one of `asking` (for the first time), `settled`, `watching` (for something
 * new), `changed`, `unchanged`, `failed`.
 */
export class Shelf extends EventTarget {
  #recommendations;
  #question = new AbortController();

  phase = 'asking';
  /** @type {import('./recommendations.js').Recommendation | null} */
  shown = null;
  /** Ids of what was not shown before. */
  fresh = new Set();

  constructor(recommendations) {
    super();
    this.#recommendations = recommendations;
  }

  /** Fills the shelf. */
  fill() {
    return this.#askUntil({
      phase: 'asking',
      enough: ({ recommendation }) => recommendation !== null,
      pauses: PAUSES_UNTIL_ANSWERED,
      found: 'settled',
    });
  }

  /** Asks until something else is recommended than now. Popular items are no answer to what the visitor did. */
  watch() {
    const before = this.shown;
    if (!before) return this.fill();
    return this.#askUntil({
      phase: 'watching',
      enough: ({ recommendation }) => recommendation?.source === 'personalize' && !same(recommendation, before),
      pauses: PAUSES_UNTIL_CHANGED,
      found: 'changed',
    });
  }

  // The question that was asked before is given up: its answer is of no use any more.
  async #askUntil({ phase, found, enough, pauses }) {
    this.#question.abort();
    this.#question = new AbortController();
    const { signal } = this.#question;
    this.#enter(phase);
    try {
      const last = await askUntil({ ask: () => this.#ask(signal), enough, pauses, signal });
      this.#enter(last.found ? found : last.answer.recommendation ? 'unchanged' : 'failed');
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #ask(signal) {
    const answer = await this.#recommendations.forVisitor(SHELF_ITEMS, signal);
    if (answer.recommendation) this.#show(answer.recommendation);
    return answer;
  }

  #show(recommendation) {
    const before = this.shown;
    this.shown = recommendation;
    if (same(recommendation, before)) return; // Only its id differs: what is marked as new stays marked.
    this.fresh = new Set(before && added(before, recommendation));
    this.dispatchEvent(new Event('change'));
  }

  #enter(phase) {
    this.phase = phase;
    this.dispatchEvent(new Event('change'));
  }
}

function same(one, other) {
  return one.source === other?.source && one.itemIds.join('\n') === other.itemIds.join('\n');
}

// Popular items that stand in for Personalize's are not news.
function added(before, now) {
  if (now.source !== 'personalize') return [];
  return now.itemIds.filter((id) => !before.itemIds.includes(id));
}
