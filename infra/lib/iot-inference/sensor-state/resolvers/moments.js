import { util } from '@aws-appsync/utils';
import { refuse } from './arguments.js';

/** The least key of the history that is not before the time; without one, the least of all. */
export function firstKey(argument, time) {
  if (!time) {
    return '0';
  }
  const { microsecond, later } = moment(argument, time);
  // A time between two microseconds is after every reading of the former.
  return later ? `${microsecond}#~` : `${microsecond}#`;
}

/** The greatest key of the history that is not after the time; without one, the greatest of all. */
export function lastKey(argument, time) {
  if (!time) {
    return '~';
  }
  // Greater than `#` and any digits, so that every reading of the microsecond is in.
  return `${moment(argument, time).microsecond}#~`;
}

/** A time with any offset and precision in UTC with six digits, as the history has it, and whether there was more. */
function moment(argument, time) {
  const text = time.toUpperCase();
  const start = text.indexOf('T') + 1;
  const clock = text.slice(start);
  const end = ['Z', '+', '-'].map((sign) => clock.indexOf(sign)).find((index) => index >= 0);
  if (start < 1 || end === undefined) {
    refuse(argument, 'must be a time with its offset, as 2026-11-25T01:02:03Z');
  }
  const [whole, digits] = splitSeconds(clock.slice(0, end));
  const epochMs = util.time.parseISO8601ToEpochMilliSeconds(text.slice(0, start) + whole + clock.slice(end));
  if (Number.isNaN(epochMs)) {
    refuse(argument, 'must be a time as 2026-11-25T01:02:03Z');
  }
  const date = util.time.epochMilliSecondsToFormatted(epochMs, 'yyyy-MM-dd');
  const second = util.time.epochMilliSecondsToFormatted(epochMs, 'HH:mm:ss');
  const sixDigits = `${digits}000000`.slice(0, 6);
  return { microsecond: `${date}T${second}.${sixDigits}Z`, later: digits.slice(6) > '000000' };
}

/** What is before and after the point. */
function splitSeconds(clock) {
  const point = clock.indexOf('.');
  return point < 0 ? [clock, ''] : [clock.slice(0, point), clock.slice(point + 1)];
}
