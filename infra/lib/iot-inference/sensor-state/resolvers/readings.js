import { util } from '@aws-appsync/utils';

/** Ends the field where the table did not answer. Its message may hold names of the account: the type alone tells. */
export function answered(ctx) {
  if (ctx.error && ctx.args.nextToken) {
    util.error('nextToken: must be of a page of this query, or the table does not answer', ctx.error.type);
  }
  if (ctx.error) {
    util.error('the table does not answer', ctx.error.type);
  }
  return ctx.result;
}

/** An item of a table as a reading. */
export function reading(item) {
  const { readingId } = item;
  // The number of the item would lose digits above 2^53; the id ends with it as text.
  return { ...item, sequence: readingId.slice(readingId.lastIndexOf('/') + 1) };
}

/** The items of a query as a page of readings. */
export function page(ctx) {
  const { items, nextToken } = answered(ctx);
  return { items: items.map((item) => reading(item)), nextToken };
}
