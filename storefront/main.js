// The storefront: builds its parts and connects them.

import { Activity } from './activity.js';
import { showActivity } from './activity-view.js';
import { markOpen } from './card.js';
import { loadCatalogue } from './catalogue.js';
import { showCatalogue } from './catalogue-view.js';
import { Collector } from './collector.js';
import { loadConfig } from './config.js';
import { Exchange } from './exchange.js';
import { click } from './interaction.js';
import { ItemView, RELATED_ITEMS } from './item-view.js';
import { showNews, showWaiting } from './notices.js';
import { Outbox } from './outbox.js';
import { Recommendations } from './recommendations.js';
import { Session } from './session.js';
import { Shelf } from './shelf.js';
import { showShelf } from './shelf-view.js';
import { PageStorage } from './storage.js';

const part = (id) => document.getElementById(id);

async function start() {
  const [config, catalogue] = await Promise.all([loadConfig(), loadCatalogue()]);
  const storage = new PageStorage();
  const activity = new Activity();
  const session = new Session({ exchange: new Exchange(activity), storage, ...config });
  const collector = new Collector({ session, outbox: new Outbox(storage), ...config });
  const recommendations = new Recommendations({ session, ...config });
  const shelf = new Shelf(recommendations);

  showActivity({ panel: part('activity'), activity });
  showSession(session);
  showWaiting({ notice: part('notice'), counter: part('waiting'), collector });
  showNews({ link: part('news'), section: part('shelf'), shelf });

  const open = opener({ collector, recommendations, catalogue });
  showShelf({ section: part('shelf'), shelf, catalogue, onOpen: (itemId) => open(itemId, shelf.shown) });
  showCatalogue({ section: part('catalogue'), catalogue, onOpen: (itemId) => open(itemId) });

  collector.addEventListener('taken', () => shelf.watch());
  window.addEventListener('online', () => {
    collector.resume();
    if (shelf.phase === 'failed') shelf.fill();
  });
  document.addEventListener('visibilitychange', () => collector.resume());
  collector.resume();
  await shelf.fill();
}

// Opening an item is what the shop learns from. `from` is the recommendation that showed it, if one did.
function opener({ collector, recommendations, catalogue }) {
  let question = new AbortController();
  const view = new ItemView({
    panel: part('item'),
    catalogue,
    otherwise: part('shelf').querySelector('.shelf-items'),
    onClose: () => (question.abort(), markOpen(null)),
  });

  return async function open(itemId, from) {
    collector.record(click(itemId, from ? { ...from, impression: from.itemIds } : {}));
    view.open(itemId);
    markOpen(itemId);
    question.abort();
    question = new AbortController();
    const { signal } = question;
    const answer = await recommendations.relatedTo(itemId, RELATED_ITEMS, signal).catch(() => null);
    if (signal.aborted || !answer?.recommendation) return;
    view.showRelated(answer.recommendation, (related) => open(related, answer.recommendation));
  };
}

function showSession(session) {
  const show = () => (part('session').textContent = session.id ? `session ${session.id.slice(0, 8)}` : 'no session yet');
  session.addEventListener('change', show);
  show();
}

start().catch((error) => {
  part('notice').textContent = `The storefront cannot start: ${error.message}`;
});
