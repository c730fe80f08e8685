// Both APIs in this process: the contract's routes, statuses and bodies, with answers that a test can put in.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';

import { complaints } from './interaction-rules.mjs';

const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization,Content-Type,If-None-Match',
  'access-control-allow-methods': 'GET,POST',
  'access-control-expose-headers': 'ETag,Retry-After,WWW-Authenticate,X-Recommendation-Source',
};

/** An answer in the form of an error. */
export function problem(status, title, headers = {}) {
  const body = { type: 'about:blank', title, status, detail: 'put in by a test' };
  return { status, body, headers: { 'content-type': 'application/problem+json', ...headers } };
}

/** It recommends items of the tastes clicked last, then the others, and no item twice. */
export class FakeApis {
  /** Requests in order: `{route, path, status, body, at, conditional, answer}`, of which `answer` is the body. */
  requests = [];
  /** Interactions that were taken, by event id: `{sessionId, interaction, times}`. */
  taken = new Map();
  /** Bodies that the door refused. Empty unless a test sends one. */
  refused = [];
  /** Whether clicks change nothing in what is recommended. */
  frozen = false;
  /** Answers put in by route: `GET /recommendations` and so on; a function of the request's body, or undefined. */
  #answers = new Map();
  #sessions = new Map();
  #server;

  constructor(itemIds) {
    this.itemIds = itemIds;
  }

  static async start(itemIds) {
    const fake = new FakeApis(itemIds);
    fake.#server = http.createServer((request, response) => fake.#handle(request, response));
    await new Promise((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/prod/`;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next calls of the route get these answers, one each. */
  next(route, ...answers) {
    this.#answers.set(route, () => answers.shift());
  }

  /** Every call of the route gets this answer, until `mend`. */
  always(route, answer) {
    this.#answers.set(route, () => answer);
  }

  mend(route) {
    this.#answers.delete(route);
  }

  /** The next batch is taken but for these positions. */
  failPositions(...positions) {
    const failed = positions.map((index) => ({ index, errorCode: 'ProvisionedThroughputExceededException' }));
    this.next('POST /interactions/batch', { failed });
  }

  expireSessions() {
    for (const session of this.#sessions.values()) session.expired = true;
  }

  /** The requests of a route so far. */
  of(route) {
    return this.requests.filter((request) => request.route === route);
  }

  async #handle(request, response) {
    const url = new URL(request.url, 'http://fake');
    const path = url.pathname.replace(/^\/prod/, '');
    const body = await read(request);
    const route = `${request.method} ${path.replace(/^\/items\/[^/]+\//, '/items/{id}/')}`;
    const asked = { route, path, body, headers: request.headers, count: url.searchParams.get('numResults') };
    const answer = request.method === 'OPTIONS' ? { status: 204 } : this.#answer(asked);
    const conditional = 'if-none-match' in request.headers;
    if (request.method !== 'OPTIONS') {
      this.requests.push({ route, path, body, status: answer.status, conditional, at: Date.now(), answer: answer.body });
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...CROSS_ORIGIN, ...answer.headers });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  #answer({ route, path, body, headers, count }) {
    const session = this.#sessions.get(headers.authorization?.replace('Bearer ', ''));
    if (route !== 'POST /sessions' && (!session || session.expired)) return problem(401, 'Unauthorized');
    const putIn = this.#answers.get(route)?.(body);
    if (putIn && !putIn.failed) return { status: 200, ...putIn };
    switch (route) {
      case 'POST /sessions':
        return this.#begin();
      case 'POST /interactions':
        return this.#collect(session, [body], []);
      case 'POST /interactions/batch':
        return this.#collect(session, body?.interactions, putIn?.failed ?? []);
      case 'GET /recommendations':
        return recommendation(this.#recommended(session).slice(0, count), headers);
      case 'GET /items/{id}/related':
        return recommendation(this.#related(decodeURIComponent(path.split('/')[2])).slice(0, count), headers);
      default:
        return problem(404, 'Not Found');
    }
  }

  #begin() {
    const sessionId = randomBytes(16).toString('hex');
    const token = ['header', sessionId, randomBytes(12).toString('base64url')].join('.');
    this.#sessions.set(token, { sessionId, clicked: [] });
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    return { status: 201, body: { token, sessionId, expiresAt }, headers: { 'cache-control': 'no-store' } };
  }

  #collect(session, interactions, failed) {
    const wrong = Array.isArray(interactions) ? interactions.flatMap(complaints) : ['interactions is not an array'];
    if (wrong.length > 0 || interactions.length < 1 || interactions.length > 500) {
      this.refused.push({ wrong, interactions });
      return problem(400, 'Bad Request');
    }
    const gone = new Set(failed.map(({ index }) => index));
    const taken = interactions.filter((_, index) => !gone.has(index));
    for (const interaction of taken) this.#take(session, interaction);
    return failed.length > 0
      ? { status: 207, body: { accepted: taken.length, failed } }
      : { status: 202, body: { accepted: taken.length } };
  }

  #take(session, interaction) {
    const before = this.taken.get(interaction.eventId);
    this.taken.set(interaction.eventId, { sessionId: session.sessionId, interaction, times: (before?.times ?? 0) + 1 });
    if (!before && interaction.itemId) session.clicked.unshift(interaction.itemId);
  }

  #recommended({ clicked }) {
    if (this.frozen) return this.itemIds;
    const tastes = clicked.map(tasteOf);
    const rank = (itemId) => (tastes.includes(tasteOf(itemId)) ? tastes.indexOf(tasteOf(itemId)) : tastes.length);
    return this.itemIds.filter((itemId) => !clicked.includes(itemId)).sort((one, other) => rank(one) - rank(other));
  }

  #related(itemId) {
    return this.itemIds.filter((other) => other !== itemId && tasteOf(other) === tasteOf(itemId));
  }
}

function tasteOf(itemId) {
  return itemId.split('-')[0];
}

function recommendation(itemIds, headers) {
  const items = itemIds.map((itemId, at) => ({ itemId, score: 1 / (at + 2) }));
  const etag = `W/"${createHash('sha256').update(itemIds.join()).digest('hex').slice(0, 16)}"`;
  const common = { etag, 'cache-control': 'private, no-cache', vary: 'Authorization' };
  if (headers['if-none-match'] === etag) return { status: 304, headers: common };
  const body = { recommendationId: `RID-${randomUUID()}`, source: 'personalize', arm: 'control', items };
  return { status: 200, body, headers: common };
}

async function read(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : undefined;
}
