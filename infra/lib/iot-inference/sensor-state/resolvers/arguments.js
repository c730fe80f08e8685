import { util } from '@aws-appsync/utils';

/** Ends the field with an error that names the argument, and not its value. */
export function refuse(argument, rule) {
  util.error(`${argument}: ${rule}`, 'BadRequest');
}

/** The name of a device, a sensor or a site. As long as `telemetry` lets it be. */
export function name(argument, value) {
  if (value.length < 1 || value.length > 128) {
    refuse(argument, 'must have from 1 to 128 characters');
  }
  return value;
}

/** How many readings a page may have. */
export function pageSize(limit, most) {
  const size = limit ?? 100;
  if (size < 1 || size > most) {
    refuse('limit', `must be from 1 to ${most}`);
  }
  return size;
}
