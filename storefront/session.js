// The visitor's session: the one credential of every call.

const KEY = 'session';
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** A token this near to its end is not used any more: the clocks may differ. */
const SPARE_MS = 60_000;
const EXPIRED = { sessionId: null };

/** Holds the session token, gets one where there is none, and gets another when it is refused. */
export class Session extends EventTarget {
  #exchange;
  #url;
  #storage;
  #pending = null;

  constructor({ exchange, recommendationApiUrl, storage }) {
    super();
    this.#exchange = exchange;
    this.#url = recommendationApiUrl;
    this.#storage = storage;
  }

  /** The session's id, or null while there is none. */
  get id() {
    return (this.#held() ?? EXPIRED).sessionId;
  }

  /**
   * Makes a call as this visitor. A call that is refused with 401 is made once more, with a new session.
   * Without a session the call is not made, and its answer has status 0.
   * @returns {Promise<import('./exchange.js').Answer>}
   */
  async call(request, describe) {
    const first = await this.#token();
    if (!first.token) return first;
    const answer = await this.#exchange.send({ ...request, token: first.token }, describe);
    if (answer.status !== 401) return answer;

    this.#forget(first.token);
    const second = await this.#token();
    if (!second.token) return second;
    return this.#exchange.send({ ...request, token: second.token }, describe);
  }

  // Calls that need a session at once share the request for it.
  async #token() {
    const held = this.#held();
    if (held) return held;
    this.#pending ??= this.#begin().finally(() => (this.#pending = null));
    return this.#pending;
  }

  async #begin() {
    const answer = await this.#exchange.send({ method: 'POST', url: `${this.#url}sessions` }, ({ body }) => ({
      facts: sessionOf(body) ? ['a new session'] : [],
    }));
    const session = answer.status === 201 && sessionOf(answer.body);
    if (!session) return { ...answer, status: 0, reason: 'no session' };
    this.#storage.set(KEY, JSON.stringify({ ...session, of: this.#url }));
    this.dispatchEvent(new Event('change'));
    return session;
  }

  // Read each time, since another tab may have got a new one. A token of another deployment is not sent to this one.
  #held() {
    try {
      const held = JSON.parse(this.#storage.get(KEY));
      const good = held?.of === this.#url && Date.parse(held.expiresAt) - SPARE_MS > Date.now();
      return good ? sessionOf(held) : null;
    } catch {
      return null;
    }
  }

  #forget(token) {
    if (this.#held()?.token === token) this.#storage.remove(KEY);
  }
}

function sessionOf(body) {
  const { token, sessionId, expiresAt } = body ?? {};
  const good = TOKEN.test(token) && typeof sessionId === 'string' && !Number.isNaN(Date.parse(expiresAt));
  return good ? { token, sessionId, expiresAt } : null;
}
