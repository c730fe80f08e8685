// Asks the recommendation API, and takes from its answer only what has the right form.

const ITEM_ID_LENGTH = 256;
const RECOMMENDATION_ID_LENGTH = 40;

/**
 * @typedef {object} Recommendation
 * @property {string} source personalize, popular or none
 * @property {string | null} recommendationId closes the loop when it comes back with a click
 * @property {string | null} arm of an experiment
 * @property {string | null} reason why it is not Personalize's
 * @property {string[]} itemIds best first
 */

/** The two questions that the storefront asks. */
export class Recommendations {
  #session;
  #url;

  constructor({ session, recommendationApiUrl }) {
    this.#session = session;
    this.#url = recommendationApiUrl;
  }

  /** For this visitor. */
  forVisitor(count, signal) {
    return this.#get(`recommendations?numResults=${count}`, signal);
  }

  /** What goes well with an item. */
  relatedTo(itemId, count, signal) {
    return this.#get(`items/${encodeURIComponent(itemId)}/related?numResults=${count}`, signal);
  }

  /** @returns {Promise<import('./exchange.js').Answer & {recommendation: Recommendation | null}>} */
  async #get(path, signal) {
    const request = { method: 'GET', url: this.#url + path, signal };
    const answer = await this.#session.call(request, (answer) => ({ facts: facts(recommendationOf(answer)) }));
    return { ...answer, recommendation: recommendationOf(answer) };
  }
}

function recommendationOf({ status, body }) {
  if (status !== 200 || !Array.isArray(body?.items)) return null;
  const itemIds = body.items.map((item) => item?.itemId).filter((id) => text(id, ITEM_ID_LENGTH));
  return {
    source: text(body.source) ?? 'none',
    recommendationId: text(body.recommendationId, RECOMMENDATION_ID_LENGTH),
    arm: text(body.arm),
    reason: text(body.fallback?.reason),
    itemIds: [...new Set(itemIds)],
  };
}

function text(value, length = Infinity) {
  return typeof value === 'string' && value.length > 0 && value.length <= length ? value : null;
}

function facts(recommendation) {
  if (!recommendation) return [];
  const { source, arm, reason, itemIds, recommendationId } = recommendation;
  return [
    `source ${source}`,
    reason && `because ${reason}`,
    arm && `arm ${arm}`,
    itemIds.length === 1 ? '1 item' : `${itemIds.length} items`,
    recommendationId,
  ].filter(Boolean);
}
