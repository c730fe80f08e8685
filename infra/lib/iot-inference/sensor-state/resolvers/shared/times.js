import { util } from '@aws-appsync/utils';
import { refuse } from './arguments.js';

// RFC 3339, and as AWSDateTime has it: seconds may be left out, and a fraction has up to nine digits.
const TIME = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$';
const DATE_LENGTH = 10;
const MINUTES_LENGTH = 16;
const SECONDS_LENGTH = 19;
const FIRST_YEAR = '1970';
const FIRST = '1970-01-01T00:00:00Z';
const LAST = '9999-12-31T23:59:59.999999Z';
const DIGITS = 6;
// Behind every number: a digit sorts before it.
const AFTER_NUMBERS = '#~';

/**
 * The sort keys of the history between which lie the readings from one time to another, both included. A key is
 * `measuredAt#sequence`, the time in UTC with six digits after the point and a Z.
 */
export function keysBetween(from, to) {
  const first = instant('from', from ?? FIRST);
  const last = instant('to', to ?? LAST);
  if (first.text > last.text) refuse('from', 'is after to');
  return {
    // Digits beyond the sixth are later than all readings of that microsecond.
    from: first.more ? `${first.text}Z${AFTER_NUMBERS}` : `${first.text}Z`,
    to: `${last.text}Z${AFTER_NUMBERS}`,
  };
}

/** A time in UTC with six digits after the point, and whether it has more that are not zero. */
function instant(argument, time) {
  if (!util.matches(TIME, time)) refuse(argument, 'is not a time as 2026-11-25T01:02:03.123456Z');
  const offsetAt = offsetStart(time);
  const parts = time.slice(0, offsetAt).split('.');
  const seconds = inUtc(argument, wholeSeconds(parts[0]), time.slice(offsetAt));
  const fraction = `${parts[1] ?? ''}000000`;
  return { text: `${seconds}.${fraction.slice(0, DIGITS)}`, more: fraction.slice(DIGITS).split('0').join('') !== '' };
}

/** Where the offset begins: behind the date no other part has these signs. */
function offsetStart(time) {
  if (time.endsWith('Z')) return time.length - 1;
  const plus = time.indexOf('+');
  return plus < 0 ? time.indexOf('-', DATE_LENGTH) : plus;
}

function wholeSeconds(time) {
  return time.length === MINUTES_LENGTH ? `${time}:00` : time;
}

/** A local time as UTC. */
function inUtc(argument, local, offset) {
  // A day that does not exist, such as the 30th of February, may be read as another.
  if (text(millis(local, 'Z')) !== local) refuse(argument, 'is a day or an hour that does not exist');
  const utc = text(millis(local, offset));
  if (utc.length !== SECONDS_LENGTH || utc < FIRST_YEAR) refuse(argument, 'is not from 1970 to 9999');
  return utc;
}

function millis(local, offset) {
  return util.time.parseISO8601ToEpochMilliSeconds(`${local}.000${offset === 'Z' ? '+00:00' : offset}`);
}

// With a pattern of ours: nothing says whether the function for ISO 8601 leaves zeros out.
function text(epochMillis) {
  return util.time.epochMilliSecondsToFormatted(epochMillis, 'yyyy-MM-dd HH:mm:ss').split(' ').join('T');
}
