import { util } from '@aws-appsync/utils';

// What crates/iot-inference/telemetry takes as the name of a device; a sensor and a site may have dots too.
const DEVICE = '^[A-Za-z0-9_:-]{1,128}$';
const NAME = '^[A-Za-z0-9._:-]{1,128}$';

const LIMIT_DEFAULT = 100;
// An item has some 400 bytes, so that a page stays far below the megabyte that a query of DynamoDB reads.
const LIMIT_MOST = 500;

/** Ends the request: an argument breaks its rule. The message has no value, which a log might keep. */
export function refuse(argument, rule) {
  util.error(`${argument}: ${rule}`, 'BadArgument');
}

export function checkDevice(argument, name) {
  if (!util.matches(DEVICE, name)) refuse(argument, 'is expected to have 1 to 128 of A-Z a-z 0-9 _ : -');
}

export function checkName(argument, name) {
  if (!util.matches(NAME, name)) refuse(argument, 'is expected to have 1 to 128 of A-Z a-z 0-9 . _ : -');
}

/** How many items a page has. */
export function pageSize(limit) {
  const size = limit ?? LIMIT_DEFAULT;
  if (size < 1 || size > LIMIT_MOST) refuse('limit', `is expected from 1 to ${LIMIT_MOST}`);
  return size;
}
