// Sends interactions to the collector: together when they come together, again when they were not taken, lost never
// but beyond the outbox's limit.

import { OUTBOX_LIMIT } from './outbox.js';
import { verdict } from './verdict.js';

/** What comes within this time of a first interaction goes with it, as a batch. */
export const TOGETHER_MS = 300;
/** The wait after the first failure; it doubles with each further one. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Tells by events what became of the interactions: `change` when the outbox changed, `taken` when some were taken,
 * `lost` (with `interactions`) when the outbox was full.
 */
export class Collector extends EventTarget {
  #session;
  #url;
  #outbox;
  #timer = null;
  #busy = false;
  #failures = 0;
  #notBefore = 0;
  #askedUntil = 0;

  constructor({ session, collectorUrl, outbox }) {
    super();
    this.#session = session;
    this.#url = collectorUrl;
    this.#outbox = outbox;
  }

  /** How many interactions wait to be taken. */
  get waiting() {
    return this.#outbox.all().length;
  }

  /** Whether the last attempt to send them failed. */
  get delayed() {
    return this.#failures > 0;
  }

  /** Keeps an interaction and sends it soon. */
  record(interaction) {
    const lost = this.#outbox.add(interaction);
    if (lost.length > 0) this.dispatchEvent(Object.assign(new Event('lost'), { interactions: lost }));
    this.dispatchEvent(new Event('change'));
    this.#sendIn(TOGETHER_MS);
  }

  /** Sends what waits, as when the network is back. A wait that the server asked for is kept. */
  resume() {
    this.#failures = 0;
    this.#notBefore = this.#askedUntil;
    this.#sendIn(0);
  }

  // The first timer holds, so that what comes later goes along and cannot put it off. One that waits after a failure
  // gives way to an earlier one: the network may be back sooner.
  #sendIn(milliseconds) {
    const at = Math.max(Date.now() + milliseconds, this.#notBefore);
    if (this.#timer && this.#timer.at <= at) return;
    clearTimeout(this.#timer?.id);
    this.#timer = { at, id: setTimeout(() => this.#send(), at - Date.now()) };
  }

  async #send() {
    this.#timer = null;
    if (this.#busy) return; // What is under way looks again at its end.
    this.#busy = true;
    await this.#empty().finally(() => (this.#busy = false));
    if (this.waiting > 0) this.#sendIn(0);
  }

  // Sends until nothing waits or something is kept.
  async #empty() {
    let batch = OUTBOX_LIMIT;
    for (let sent = this.#outbox.all(); sent.length > 0; sent = this.#outbox.all()) {
      const { answer, outcome } = await this.#post(sent.slice(0, batch));
      this.#settle(outcome);
      if (outcome.oneByOne) batch = 1;
      else if (outcome.kept.length > 0) return this.#delay(answer);
    }
    this.#failures = 0;
  }

  async #post(interactions) {
    const [path, json] =
      interactions.length === 1 ? ['interactions', interactions[0]] : ['interactions/batch', { interactions }];
    const answer = await this.#session.call({ method: 'POST', url: this.#url + path, json }, (answer) => ({
      events: describe(verdict(answer, interactions)),
    }));
    return { answer, outcome: verdict(answer, interactions) };
  }

  #settle({ taken, refused }) {
    this.#outbox.remove([...taken, ...refused].map(({ eventId }) => eventId));
    this.dispatchEvent(new Event('change'));
    if (taken.length > 0) this.dispatchEvent(new Event('taken'));
  }

  // At least as long as the server asks, and with jitter: not all tabs at once.
  #delay({ retryAfterSeconds }) {
    const backoff = Math.min(FIRST_WAIT_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    const jittered = backoff * (0.5 + Math.random() / 2);
    this.#failures += 1;
    this.#askedUntil = Date.now() + (retryAfterSeconds ?? 0) * 1000;
    this.#notBefore = Math.max(this.#askedUntil, Date.now() + jittered);
    this.dispatchEvent(new Event('change'));
  }
}

function describe({ taken, refused, kept }) {
  const say = (outcome) => (interaction) => ({ ...interaction, outcome });
  return [...taken.map(say('taken')), ...refused.map(say('refused')), ...kept.map(say('kept'))];
}
