// What is told of a click: the collector's body, whose rules are in
// crates/recommendations/interaction-collector/schema/interaction.schema.json.

/** Items in an impression, at most: https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html */
export const IMPRESSION_ITEMS = 25;

/**
 * A click on an item, now.
 * @param {string} itemId
 * @param {{recommendationId?: string, impression?: string[]}} shelf what was shown when the item was chosen from a shelf
 */
export function click(itemId, { recommendationId, impression } = {}) {
  return {
    eventId: crypto.randomUUID(),
    eventType: 'click',
    sentAt: wholeSeconds(new Date()),
    itemId,
    ...(recommendationId && { recommendationId }),
    ...(impression?.length && { impression: impression.slice(0, IMPRESSION_ITEMS) }),
  };
}

// Personalize counts in seconds.
function wholeSeconds(date) {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
