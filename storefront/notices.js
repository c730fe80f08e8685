// What a person must know although nobody asked: the network is away, clicks wait, clicks were lost, the shelf changed
// out of sight.

import { OUTBOX_LIMIT } from './outbox.js';
import { status } from './shelf-view.js';

/** Says so when clicks wait for the network or the collector. */
export function showWaiting({ notice, counter, collector }) {
  let lost = 0;
  const show = () => {
    const { waiting, delayed } = collector;
    counter.textContent = waiting === 0 ? 'nothing waits' : `${waiting} waiting`;
    counter.dataset.waiting = waiting;
    notice.textContent = waitingWords({ waiting, delayed, lost });
  };
  collector.addEventListener('change', show);
  collector.addEventListener('lost', ({ interactions }) => (lost += interactions.length));
  for (const event of ['online', 'offline']) window.addEventListener(event, show);
  show();
}

// A browser without a network may still reach an API on its own machine: only a call that failed is news.
function waitingWords({ waiting, delayed, lost }) {
  const clicks = (count) => (count === 1 ? '1 click' : `${count} clicks`);
  const words = [];
  if (delayed && !navigator.onLine) words.push('You are offline.');
  if (delayed && waiting > 0) words.push(`${clicks(waiting)} kept, to be sent again.`);
  if (lost > 0) words.push(`${clicks(lost)} lost: only the last ${OUTBOX_LIMIT} are kept.`);
  return words.join(' ');
}

/** A link to the shelf, while it has something new and is out of sight. */
export function showNews({ link, section, shelf }) {
  let inSight = true;
  const show = () => {
    link.hidden = inSight || shelf.phase !== 'changed';
    link.textContent = status(shelf);
  };
  new IntersectionObserver(([{ isIntersecting }]) => {
    inSight = isIntersecting;
    show();
  }).observe(section.querySelector('.shelf-items'));
  shelf.addEventListener('change', show);
}
