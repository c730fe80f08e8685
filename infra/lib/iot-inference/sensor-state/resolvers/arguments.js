import { util } from '@aws-appsync/utils';

/** Ends the field with an error that names the argument, and not its value. */
export function refuse(argument, rule) {
  util.error(`${argument}: ${rule}`, 'BadRequest');
}

/** A device's name, as `telemetry` lets it be: the name of a thing and a level of a topic. */
export function deviceName(argument, value) {
  return matching(argument, value, '^[A-Za-z0-9_:-]{1,128}$', 'letters, digits, _, : and -');
}

/** The name of a sensor or a site. */
export function name(argument, value) {
  return matching(argument, value, '^[A-Za-z0-9_.:-]{1,128}$', 'letters, digits, _, ., : and -');
}

function matching(argument, value, pattern, characters) {
  if (!util.matches(pattern, value)) {
    refuse(argument, `must have from 1 to 128 ${characters}`);
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
