// What an answer of the collector means for each of the interactions that were sent.

/** The collector will never take such a body: it breaks the schema, or is too large. */
const NEVER = new Set([400, 413]);

/**
 * @typedef {object} Verdict
 * @property {object[]} taken they are on the stream
 * @property {object[]} refused they will never be: sending them again is of no use
 * @property {object[]} kept they are to be sent again, with the same event ids
 * @property {boolean} oneByOne one of the kept spoils the batch, and the answer does not say which
 */

/**
 * @param {import('./exchange.js').Answer} answer
 * @param {object[]} sent the interactions of the request, in its order
 * @returns {Verdict}
 */
export function verdict({ status, body }, sent) {
  if (status === 202) return of({ taken: sent });
  if (status === 207) return partly(body?.failed, sent);
  if (NEVER.has(status)) return sent.length === 1 ? of({ refused: sent }) : of({ kept: sent, oneByOne: true });
  return of({ kept: sent });
}

// An answer that does not say clearly which positions failed takes none away: a repeat is harmless, a loss is not.
function partly(failed, sent) {
  const positions = Array.isArray(failed) ? failed.map((failure) => failure?.index) : [];
  const clear = positions.length > 0 && positions.every((at) => Number.isInteger(at) && at >= 0 && at < sent.length);
  if (!clear) return of({ kept: sent });
  const again = new Set(positions);
  return of({
    taken: sent.filter((_, at) => !again.has(at)),
    kept: sent.filter((_, at) => again.has(at)),
  });
}

function of(parts) {
  return { taken: [], refused: [], kept: [], oneByOne: false, ...parts };
}
