// One HTTP exchange with an API: a request out, an answer back, an entry in the activity log.

/** How long an answer may take. */
export const TIME_LIMIT_MS = 10_000;
/** A longer Retry-After is shortened to this: a timer beyond 2^31 ms would fire at once. */
export const LONGEST_RETRY_AFTER_S = 3_600;

/**
 * @typedef {object} Answer
 * @property {number} status 0 when there was none: offline, refused by the browser, too late
 * @property {any} body the JSON, or null
 * @property {number | null} retryAfterSeconds
 * @property {string} [reason] why there was none
 */

/** Makes requests and shows each of them in the log. */
export class Exchange {
  #log;

  constructor(log) {
    this.#log = log;
  }

  /**
   * Never throws but when `signal` aborts it.
   * @param {{method: string, url: string, token?: string, json?: unknown, signal?: AbortSignal}} request
   * @param {(answer: Answer) => object} describe what the log is to say of the answer, beside its status
   * @returns {Promise<Answer>}
   */
  async send(request, describe = () => ({})) {
    const began = performance.now();
    const answer = await this.#answer(request);
    this.#log.add({
      method: request.method,
      path: new URL(request.url).pathname,
      status: answer.status,
      milliseconds: Math.round(performance.now() - began),
      retryAfterSeconds: answer.retryAfterSeconds,
      problem: answer.reason ?? problemTitle(answer),
      ...describe(answer),
    });
    return answer;
  }

  async #answer({ signal, ...request }) {
    const limit = AbortSignal.timeout(TIME_LIMIT_MS);
    try {
      const response = await fetch(request.url, options(request, signal ? AbortSignal.any([signal, limit]) : limit));
      return {
        status: response.status,
        body: parsed(await response.text()),
        retryAfterSeconds: retryAfter(response.headers.get('Retry-After')),
      };
    } catch (error) {
      if (signal?.aborted) throw error;
      const reason = limit.aborted ? `no answer within ${TIME_LIMIT_MS / 1000} s` : 'not reached';
      return { status: 0, body: null, retryAfterSeconds: null, reason };
    }
  }
}

// The answer's ETag is the browser's business: its cache asks with If-None-Match and gives us the answer that it has.
function options({ method, token, json }, signal) {
  const headers = { Accept: 'application/json, application/problem+json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  const body = json === undefined ? undefined : JSON.stringify(json);
  return { method, headers, body, signal, credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problemTitle({ status, body }) {
  if (status < 400) return null;
  const { title, detail } = body ?? {};
  return [title, detail].filter((part) => typeof part === 'string').join(': ') || null;
}

/** Seconds to wait, of a Retry-After header: a number of seconds or a date. */
export function retryAfter(header) {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.min(Math.max(seconds, 0), LONGEST_RETRY_AFTER_S);
}
