// A bounded load on both doors of a local cloud, with and without faults of Personalize. Run by scripts/load.
//
// What is measured is this machine with everything on it: emulator, functions, stand-in and load share its processors.
// The figures compare one row with another; they are not AWS's.
import { randomUUID } from 'node:crypto';

import autocannon from 'autocannon';

import { json, signedFor, stackOutputs } from '../local-cloud.mjs';

const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint === undefined || !/^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint)) {
  console.error('AWS_ENDPOINT_URL is not a local cloud on 127.0.0.1: run scripts/load');
  process.exit(2);
}

const [seconds, connections] = [argument(2, 'SECONDS', 60), argument(3, 'CONNECTIONS', 50)];

const { collectorUrl, recommendationApiUrl } = await json(`${endpoint}/_storefront/config.json`);
const sessions = await Promise.all(Array.from({ length: connections }, newSession));

/** What Personalize does in a row of the table. */
const FAULTS = {
  none: [],
  slow: [{ fault: { kind: 'delay', hold_ms: 3000 } }],
  throttled: [{ probability: 0.5, fault: { kind: 'throttle' } }],
  down: [{ fault: { kind: 'server_error' } }],
  flapping: [{ period: { every: 200, faulty: 100 }, fault: { kind: 'server_error' } }],
};

const ROWS = [
  ...Object.keys(FAULTS).map((faults) => ({ door: 'GET /recommendations', faults, request: recommendations() })),
  { door: 'POST /interactions', faults: 'none', request: interactions() },
  { door: 'POST /interactions', faults: 'down', request: interactions() },
];

/** What a door may answer, whatever happens behind it. */
const EXPECTED = /^(200 .*|202|429)$/;

console.log(`${connections} connections, ${seconds} s a row`);
console.log(line('door', 'Personalize', 'answers/s', 'p50 ms', 'p99 ms', 'answers'));
let unexpected = 0;
await fillTheShelves();
for (const row of ROWS) {
  await putFaults([]);
  await until('the breaker is closed', recommendsByPersonalize);
  await putFaults(FAULTS[row.faults]);
  const { result, answers } = await load(row.request);
  const counts = [...answers].sort();
  const { latency, requests, errors } = result;
  const told = counts.map(([answer, count]) => `${answer}: ${count}`).join(', ');
  console.log(line(row.door, row.faults, requests.average.toFixed(0), latency.p50, latency.p99, told));
  unexpected += errors;
  for (const [answer, count] of counts) if (!EXPECTED.test(answer)) unexpected += count;
}
await putFaults([]);
if (unexpected > 0) {
  console.error(`${unexpected} answers are none that the doors should give`);
  process.exit(1);
}

/** Loads one route for the time of a row. Connections take the sessions in turns. */
async function load({ url, method, body }) {
  const answers = new Map();
  let next = 0;
  const setupRequest = (request) => {
    const { token } = sessions[next++ % sessions.length];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return { ...request, headers, body: body?.() };
  };
  const onResponse = (status, text) => {
    const answer = described(status, text);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [{ method, setupRequest, onResponse }],
  });
  return { result, answers };
}

/** A status; of recommendations also whose they are. */
function described(status, text) {
  const { source } = status === 200 ? JSON.parse(text) : {};
  return source === undefined ? String(status) : `${status} ${source}`;
}

function recommendations() {
  return { method: 'GET', url: new URL('recommendations?numResults=10', recommendationApiUrl).href };
}

function interactions() {
  return { method: 'POST', url: new URL('interactions', collectorUrl).href, body: interaction };
}

function interaction() {
  return JSON.stringify({
    eventId: randomUUID(),
    eventType: 'click',
    itemId: `item-${Math.floor(Math.random() * 100)}`,
    sentAt: new Date().toISOString(),
  });
}

/** Something to recommend, and popular items for the fallback, as the schedule fetches them. */
async function fillTheShelves() {
  const interactions = Array.from({ length: 200 }, () => JSON.parse(interaction()));
  await asSomebody(new URL('interactions/batch', collectorUrl), { method: 'POST', body: JSON.stringify({ interactions }) });
  await until('the interactions have arrived', async () => {
    const { interactions: stored } = await json(`${endpoint}/_state/personalize`);
    return stored >= interactions.length;
  });
  const { RecommendationApiFunctionName } = stackOutputs();
  await json(`${endpoint}/2015-03-31/functions/${RecommendationApiFunctionName}/invocations`, {
    method: 'POST',
    headers: signedFor('lambda'),
    body: JSON.stringify({ task: 'refresh-popular' }),
  });
}

/** Whether what the row before did to the breaker is over. */
async function recommendsByPersonalize() {
  const { url } = recommendations();
  return (await asSomebody(url)).source === 'personalize';
}

/** Looks four times a second, for a minute at most: nothing here is expected to take that long. */
async function until(what, condition) {
  for (let looks = 0; looks < 240; looks += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`waited in vain: ${what}`);
}

function asSomebody(url, options = {}) {
  const headers = { authorization: `Bearer ${sessions[0].token}`, 'content-type': 'application/json' };
  return json(url, { ...options, headers });
}

function newSession() {
  return json(new URL('sessions', recommendationApiUrl), { method: 'POST' });
}

async function putFaults(rules) {
  const plan = { seed: 7, rules: rules.map((rule) => ({ service: 'personalize', ...rule })) };
  const answer = await fetch(`${endpoint}/_faults`, { method: 'PUT', body: JSON.stringify(plan) });
  if (!answer.ok) throw new Error(`the faults were not taken: ${await answer.text()}`);
}

/** A whole number from 1 to `most`. */
function argument(place, name, most) {
  const value = Number(process.argv[place]);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  console.error(`${name} is '${process.argv[place] ?? ''}', expected a whole number from 1 to ${most}`);
  process.exit(2);
}

function line(door, faults, ...figures) {
  const [throughput, p50, p99, answers] = figures.map(String);
  const numbers = [throughput, p50, p99].map((figure) => figure.padStart(10)).join('');
  return `${door.padEnd(22)}${faults.padEnd(12)}${numbers}  ${answers}`;
}
