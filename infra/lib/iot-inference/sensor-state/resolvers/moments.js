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

/** A time of the calendar with its offset; whether the month has the day is looked at below. */
const TIME =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?' +
  '(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$';

/** A time with any offset and precision in UTC with six digits, as the history has it, and whether there was more. */
function moment(argument, time) {
  const text = time.toUpperCase();
  if (!util.matches(TIME, text)) {
    refuse(argument, 'must be a time with its offset, as 2026-11-25T01:02:03Z');
  }
  const offset = text.endsWith('Z') ? '+00:00' : text.slice(text.length - 6);
  const clock = text.slice(11, text.endsWith('Z') ? text.length - 1 : text.length - 6);
  const [whole, digits] = splitSeconds(clock);
  const second = `${text.slice(0, 10)}T${whole.length === 5 ? `${whole}:00` : whole}`;
  // 2026-02-30 would become a day of March.
  if (formatted(second, '+00:00') !== second) {
    refuse(argument, 'must be a day of the calendar');
  }
  const inUtc = formatted(second, offset);
  if (inUtc.length !== 19) {
    refuse(argument, 'must be before the year 10000');
  }
  return { microsecond: `${inUtc}.${`${digits}000000`.slice(0, 6)}Z`, later: digits.slice(6) > '000000' };
}

/** A second of the clock with this offset, in UTC. */
function formatted(second, offset) {
  const epochMs = util.time.parseISO8601ToEpochMilliSeconds(`${second}.000${offset}`);
  const date = util.time.epochMilliSecondsToFormatted(epochMs, 'yyyy-MM-dd');
  return `${date}T${util.time.epochMilliSecondsToFormatted(epochMs, 'HH:mm:ss')}`;
}

/** What is before and after the point. */
function splitSeconds(clock) {
  const point = clock.indexOf('.');
  return point < 0 ? [clock, ''] : [clock.slice(0, point), clock.slice(point + 1)];
}
