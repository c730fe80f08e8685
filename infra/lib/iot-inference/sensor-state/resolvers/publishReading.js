/** There is nothing to ask or to store: the answer is the input, and AppSync tells the subscribers of it. */
export function request(ctx) {
  return { payload: ctx.args.reading };
}

export function response(ctx) {
  return ctx.result;
}
