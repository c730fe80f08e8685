// Asks again until an answer is good enough, with a bound.

/**
 * @template A
 * @param {object} plan
 * @param {(signal: AbortSignal) => Promise<A & {retryAfterSeconds: number | null}>} plan.ask
 * @param {(answer: A) => boolean} plan.enough
 * @param {number[]} plan.pauses milliseconds before each question; longer where the answer before it asked for more
 * @param {AbortSignal} plan.signal
 * @returns {Promise<{answer: A, found: boolean}>} the last answer, and whether it was enough
 */
export async function askUntil({ ask, enough, pauses, signal }) {
  let answer;
  for (const pause of pauses) {
    await wait(Math.max(pause, (answer?.retryAfterSeconds ?? 0) * 1000), signal);
    answer = await ask(signal);
    if (enough(answer)) return { answer, found: true };
  }
  return { answer, found: false };
}

function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
