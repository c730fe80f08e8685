import { util } from '@aws-appsync/utils';

/** An item of either table as the schema's Reading. */
export function reading(item) {
  return { ...item, sequence: sequence(item.readingId) };
}

/**
 * The answer to a query as the schema's ReadingPage. DynamoDB's token goes on as it is: AppSync made it unreadable, and
 * refuses one that it did not make.
 */
export function page(result) {
  const items = [];
  for (const item of result.items) items.push(reading(item));
  return { items, nextToken: result.nextToken };
}

/** Ends the request when the table did. */
export function checkAnswer(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
}

// The count as text: `deviceId/sensorId/sequence` has each digit, where the number in the item would have lost those
// beyond 2^53 on its way into JavaScript. Names have no slash.
function sequence(readingId) {
  return readingId.slice(readingId.lastIndexOf('/') + 1);
}
