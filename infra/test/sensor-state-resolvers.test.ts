import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { BY_SITE } from '../lib/iot-inference/sensor-state/sensor-tables.ts';
import { MAX_CODE_LENGTH, resolverCode } from '../lib/iot-inference/sensor-state/resolver-code.ts';
import { FieldError, load } from './sensor-state-resolvers.ts';
import { INFRA } from './synthesis.ts';

const RESOLVERS = path.join(INFRA, 'lib/iot-inference/sensor-state/resolvers');
const FIELDS = ['latestReading', 'latestOfDevice', 'latestOfSite', 'history', 'publishReading'] as const;
type Field = (typeof FIELDS)[number];

const D17 = { deviceId: 'd-17' };
const SENSOR = { ...D17, sensorId: 'temperature-1' };

const request = (field: Field, args: Record<string, unknown>) => load(field).request({ args });
const response = (field: Field, result: unknown) => load(field).response({ args: {}, result });

function refuses(field: Field, args: Record<string, unknown>, message: string | RegExp): void {
  assert.throws(() => request(field, args), (error: FieldError) => {
    assert.equal(error.errorType, 'BadRequest');
    assert.match(error.message, typeof message === 'string' ? new RegExp(`^${message}$`) : message);
    return true;
  });
}

/** An item as AppSync gives it to a resolver: numbers are doubles. */
const ITEM = {
  ...SENSOR,
  site: 'hamburg',
  measure: 'temperature',
  unit: 'Cel',
  value: 21.5,
  quality: 'good',
  measuredAt: '2026-11-25T01:02:03.100000Z',
  sequence: 18_446_744_073_709_552_000,
  readingId: 'd-17/temperature-1/18446744073709551615',
};
const READING = { ...ITEM, sequence: '18446744073709551615' };

describe('latestReading', () => {
  test('gets the one item, as it is now', () => {
    assert.deepEqual(request('latestReading', SENSOR), {
      operation: 'GetItem',
      key: { deviceId: { S: 'd-17' }, sensorId: { S: 'temperature-1' } },
      consistentRead: true,
    });
  });

  test('answers every digit of the sequence, which the item’s number would lose', () => {
    assert.deepEqual(response('latestReading', ITEM), READING);
  });

  test('answers null where there is none', () => assert.equal(response('latestReading', null), null));
});

describe('latestOfDevice', () => {
  test('queries the table', () => {
    assert.deepEqual(request('latestOfDevice', { ...D17, limit: 7, nextToken: 'next' }), {
      operation: 'Query',
      query: {
        expression: '#deviceId = :deviceId',
        expressionNames: { '#deviceId': 'deviceId' },
        expressionValues: { ':deviceId': { S: 'd-17' } },
      },
      consistentRead: true,
      limit: 7,
      nextToken: 'next',
    });
  });
});

describe('latestOfSite', () => {
  test('queries the index, which has no consistent reads', () => {
    assert.deepEqual(request('latestOfSite', { site: 'hamburg', nextToken: 'next' }), {
      operation: 'Query',
      index: BY_SITE,
      query: {
        expression: '#site = :site',
        expressionNames: { '#site': 'site' },
        expressionValues: { ':site': { S: 'hamburg' } },
      },
      limit: 100,
      nextToken: 'next',
    });
  });
});

describe('history', () => {
  const bounds = (args: Record<string, unknown>): [string, string] => {
    const { ':first': first, ':last': last } = request('history', { ...SENSOR, ...args })['query'].expressionValues;
    return [first.S, last.S];
  };

  test('queries a sensor, the oldest first', () => {
    const { query, ...rest } = request('history', { ...SENSOR, limit: 1000, nextToken: 'next' });
    assert.deepEqual(rest, { operation: 'Query', scanIndexForward: true, limit: 1000, nextToken: 'next' });
    assert.equal(query.expression, '#sensor = :sensor AND #at BETWEEN :first AND :last');
    assert.deepEqual(query.expressionNames, { '#sensor': 'sensor', '#at': 'at' });
    assert.deepEqual(query.expressionValues[':sensor'], { S: 'd-17#temperature-1' });
  });

  test('queries the newest first if asked', () => {
    for (const [newestFirst, forward] of [[true, false], [false, true], [null, true]]) {
      assert.equal(request('history', { ...SENSOR, newestFirst })['scanIndexForward'], forward);
    }
  });

  const firsts = [
    ['2026-11-25T01:02:03Z', '2026-11-25T01:02:03.000000Z#'],
    ['2026-11-25t01:02:03z', '2026-11-25T01:02:03.000000Z#'],
    ['2026-11-25T01:02Z', '2026-11-25T01:02:00.000000Z#'],
    ['2026-11-25T01:02:03.1Z', '2026-11-25T01:02:03.100000Z#'],
    ['2026-11-25T01:02:03.123456Z', '2026-11-25T01:02:03.123456Z#'],
    ['2026-11-25T01:02:03.123456000Z', '2026-11-25T01:02:03.123456Z#'],
    ['2026-11-25T01:02:03.123456001Z', '2026-11-25T01:02:03.123456Z#~'],
    ['2026-11-25T02:32:03.999999+01:30', '2026-11-25T01:02:03.999999Z#'],
    ['2026-11-24T20:02:03.25-05:00', '2026-11-25T01:02:03.250000Z#'],
    ['2027-01-01T00:30:00+01:00', '2026-12-31T23:30:00.000000Z#'],
    ['1969-12-31T23:59:59.5Z', '1969-12-31T23:59:59.500000Z#'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z#'],
  ] as const;
  for (const [from, first] of firsts) {
    test(`begins with ${first} from ${from}`, () => assert.deepEqual(bounds({ from }), [first, '~']));
    test(`ends with all of the microsecond to ${from}`, () => {
      assert.deepEqual(bounds({ to: from }), ['0', `${first.replace(/#~?$/, '')}#~`]);
    });
  }

  test('has every reading between two times, the times themselves included, and no other', () => {
    const at = (micros: number, zone = 'Z') => `2026-11-25T01:02:${(micros / 1e6).toFixed(6).padStart(9, '0')}${zone}`;
    const keys = [0, 1, 999_999, 1_000_000, 1_000_001].flatMap((micros) =>
      ['0'.repeat(20), '18446744073709551615'].map((sequence) => ({ micros, key: `${at(micros)}#${sequence}` })));
    for (const from of [0, 1, 500_000, 1_000_000]) {
      for (const to of [from, from + 1, from + 1_000_000]) {
        const [first, last] = bounds({ from: at(from, '+00:00'), to: at(to) });
        const found = keys.filter(({ key }) => first <= key && key <= last);
        assert.deepEqual(found, keys.filter(({ micros }) => from <= micros && micros <= to));
      }
    }
  });

  test('has all without times', () => {
    for (const none of [undefined, null]) assert.deepEqual(bounds({ from: none, to: none }), ['0', '~']);
    assert.ok('0' < '1970-01-01T00:00:00.000000Z#' && '9999-12-31T23:59:59.999999Z#~' < '~');
  });

  test('refuses what is no time with its offset', () => {
    const noTimes = ['2026-11-25', '2026-11-25T01:02:03', 'soon', 'Z', '2026-11-25T24:00:00Z', '2026-13-25T01:02:03Z'];
    for (const time of [...noTimes, '2026-11-25T01:02:03.12ab34Z', '2026-11-25T01:02:03.1234567890Z', '2026-11-25T01Z']) {
      refuses('history', { ...SENSOR, from: time }, /^from: must be a time with its offset/);
      refuses('history', { ...SENSOR, to: time }, /^to: must be a time with its offset/);
    }
    for (const time of ['2026-02-30T01:02:03Z', '2026-04-31T00:00:00+01:00']) {
      refuses('history', { ...SENSOR, to: time }, 'to: must be a day of the calendar');
    }
    refuses('history', { ...SENSOR, from: '9999-12-31T23:30:00-01:00' }, 'from: must be before the year 10000');
    assert.doesNotThrow(() => bounds({ from: '2028-02-29T00:00:00Z', to: '9999-12-31T23:59:59.999999Z' }));
  });

  test('refuses an end before its beginning, which DynamoDB would', () => {
    const [earlier, later] = ['2026-11-25T01:02:03Z', '2026-11-25T01:02:03.000001Z'];
    refuses('history', { ...SENSOR, from: later, to: earlier }, 'from: must not be after to');
    assert.doesNotThrow(() => bounds({ from: earlier, to: earlier }));
  });
});

describe('publishReading', () => {
  test('answers its input', () => {
    assert.deepEqual(request('publishReading', { reading: READING }), { payload: READING });
    assert.equal(response('publishReading', READING), READING);
  });
});

describe('a page', () => {
  for (const field of ['latestOfDevice', 'latestOfSite', 'history'] as const) {
    const args = { ...SENSOR, site: 'hamburg' };
    const most = field === 'history' ? 1000 : 100;

    test(`of ${field} has readings, and where the next begins`, () => {
      const page = { items: [READING], nextToken: 'next' };
      assert.deepEqual(response(field, { items: [ITEM], nextToken: 'next', scannedCount: 1 }), page);
      assert.deepEqual(response(field, { items: [], nextToken: null }), { items: [], nextToken: null });
    });

    test(`of ${field} has 1 to ${most} readings, and 100 if nobody says`, () => {
      for (const limit of [1, most]) assert.equal(request(field, { ...args, limit })['limit'], limit);
      for (const limit of [undefined, null]) assert.equal(request(field, { ...args, limit })['limit'], 100);
      for (const limit of [0, -1, most + 1]) refuses(field, { ...args, limit }, `limit: must be from 1 to ${most}`);
    });
  }
});

describe('a field', () => {
  const names: [Field, string[]][] = [
    ['latestReading', ['deviceId', 'sensorId']],
    ['latestOfDevice', ['deviceId']],
    ['latestOfSite', ['site']],
    ['history', ['deviceId', 'sensorId']],
  ];
  for (const [field, of] of names) {
    for (const name of of) {
      test(`${field} refuses a ${name} that no table has, and does not repeat it`, () => {
        const args = { ...SENSOR, site: 'hamburg' };
        assert.doesNotThrow(() => request(field, { ...args, [name]: 'x'.repeat(128) }));
        const wrong = ['', 'x'.repeat(129), 'a#b', 'a/b', 'a b', 'ä'];
        // A device is a thing of AWS IoT, whose name has no point.
        for (const value of name === 'deviceId' ? [...wrong, 'a.b'] : wrong) {
          refuses(field, { ...args, [name]: value }, new RegExp(`^${name}: must have from 1 to 128 letters`));
        }
        if (name !== 'deviceId') assert.doesNotThrow(() => request(field, { ...args, [name]: 'a.b' }));
      });
    }

    test(`${field} tells of a failure by its type alone`, () => {
      const error = { type: 'DynamoDB:AccessDeniedException', message: 'User: arn:aws:sts::111122223333:…' };
      assert.throws(() => load(field).response({ args: {}, error, result: null }), (thrown: FieldError) => {
        assert.equal(thrown.message, 'the table does not answer');
        assert.equal(thrown.errorType, 'DynamoDB:AccessDeniedException');
        return true;
      });
    });
  }
});

describe('the code of a resolver', () => {
  test('is one file, with one import and two exports, that AppSync takes', () => {
    for (const field of FIELDS) {
      const code = resolverCode(field);
      assert.deepEqual(code.match(/^import .*$/gm), ["import { util } from '@aws-appsync/utils';"]);
      const exported = [...code.matchAll(/^export (?:function (\w+))?/gm)].map(([, name]) => name);
      assert.deepEqual(exported, ['request', 'response']);
      const declared = [...code.matchAll(/^(?:export )?function (\w+)/gm)].map(([, name]) => name);
      assert.equal(new Set(declared).size, declared.length);
      assert.ok(code.length < MAX_CODE_LENGTH);
    }
  });

  // https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
  describe('has nothing that the runtime does not know', () => {
    const supported = new Set([
      ...['charAt', 'concat', 'endsWith', 'indexOf', 'lastIndexOf', 'slice', 'split', 'startsWith', 'trim'],
      ...['toLowerCase', 'toUpperCase', 'map', 'filter', 'find', 'some', 'every', 'join', 'isNaN', 'isFinite'],
      ...['error', 'matches', 'toMapValues', 'parseISO8601ToEpochMilliSeconds', 'epochMilliSecondsToFormatted'],
    ]);
    const unsupported = [
      /\b(?:async|await|catch|class|continue|do|finally|new|this|throw|try|while|yield)\b/,
      /\bfor\b/,
      /\bin\b/,
      /\+\+|--|~(?!['`])/,
      /(?:[=(,:]|return)\s*\/(?![/*])/,
    ];
    for (const file of readdirSync(RESOLVERS)) {
      test(file, () => {
        const code = readFileSync(path.join(RESOLVERS, file), 'utf8').replace(/\/\*\*[^]*?\*\/|\/\/.*$/gm, '');
        const words = code.replace(/'[^']*'/g, "''");
        for (const pattern of unsupported) assert.doesNotMatch(words.replace(/`[^`]*`/g, '``'), pattern);
        for (const [, method = ''] of code.matchAll(/\.(\w+)\(/g)) assert.ok(supported.has(method), method);
      });
    }
  });
});
