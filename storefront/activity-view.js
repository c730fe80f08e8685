// The activity log on the page.

import { element } from './element.js';

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const SHORT_ID = 8;

/** Shows `activity` in `panel`, newest first. On a small screen it stays closed until somebody wants it. */
export function showActivity({ panel, activity }) {
  const list = panel.querySelector('.exchanges');
  panel.open = window.matchMedia('(min-width: 64rem)').matches;
  activity.addEventListener('change', () => list.replaceChildren(...activity.entries.map(entryOf)));
}

function entryOf(entry) {
  const { method, path, status, problem, retryAfterSeconds, facts, events } = entry;
  const wait = retryAfterSeconds === null ? [] : [`Retry-After ${Math.ceil(retryAfterSeconds)} s`];
  const notes = [...facts, ...wait, problem].filter(Boolean);
  return element(
    'li',
    { class: 'exchange', 'data-status': status, 'data-outcome': outcome(status) },
    element('p', { class: 'exchange-line' },
      element('span', { class: 'exchange-status' }, status === 0 ? '–' : String(status)),
      element('span', { class: 'exchange-request' }, `${method} ${shortPath(path)}`),
      timing(entry),
    ),
    notes.length > 0 ? element('p', { class: 'exchange-notes' }, notes.join(' · ')) : null,
    events.length > 0 ? element('ul', { class: 'exchange-events' }, ...events.map(eventOf)) : null,
  );
}

function timing({ times, milliseconds, at }) {
  const words = [times > 1 && `×${times}`, `${milliseconds} ms`, CLOCK.format(at)].filter(Boolean);
  return element('span', { class: 'exchange-timing' }, words.join(' · '));
}

function eventOf({ eventId, eventType, itemId, recommendationId, outcome }) {
  const from = recommendationId ? ` from ${String(recommendationId).slice(0, 4 + SHORT_ID)}` : '';
  return element(
    'li',
    { 'data-event-id': eventId, 'data-outcome': outcome, title: eventId },
    `${eventType} ${itemId ?? ''}${from} · event ${eventId.slice(0, SHORT_ID)} `,
    element('span', { class: 'event-outcome' }, outcome),
  );
}

// What precedes the routes is the same for all: the stage, and locally the API's id.
function shortPath(path) {
  const at = path.search(/\/(sessions|interactions|recommendations|items|rankings)(\/|$)/);
  return at < 0 ? path : path.slice(at);
}

function outcome(status) {
  if (status === 0 || status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return status === 207 ? 'partial' : 'good';
}
