// Waiting for a condition, never for a time.

import assert from 'node:assert/strict';

/** Waits until `check` gives something, and gives it. What fails here says `what` it waited for. */
export async function eventually(what, check, { within = 20_000 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
