import { checkDevice } from './shared/arguments.js';

// Runs once, when a client subscribes. What it is sent is chosen by the argument, as AppSync does without a filter of
// ours; who may see which devices would be decided here.
export function request(ctx) {
  checkDevice('deviceId', ctx.args.deviceId);
  return { payload: null };
}

// The answer to a subscription that begins: there is no reading yet.
export function response() {
  return null;
}
