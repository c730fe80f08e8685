import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { readGenerativeBiConfiguration } from '../lib/generative-bi/configuration.ts';
import { readPatterns } from '../lib/patterns.ts';
import { app, BI_ON_AWS } from './synthesis.ts';

const read = (context: Record<string, unknown>) => readGenerativeBiConfiguration(app(context).node);
const SALES = BI_ON_AWS.quickSightPrincipals;
const DASHBOARD = { quickSightAdmin: BI_ON_AWS.quickSightAdmin, biSecretArn: BI_ON_AWS.biSecretArn };

const NO_FILTER =
  'context forwardedItems is not a JSON object of names, each once and with a list of text, numbers, true, false or null';

/** What is said of a context. */
function problems(context: Record<string, unknown>): string[] {
  try {
    read(context);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('the configuration of generative BI', () => {
  test('demands nothing', () => {
    const { changeCapture, cutOver, redshiftBaseCapacity, biUser, dashboard } = read({});
    assert.deepEqual({ changeCapture, cutOver, redshiftBaseCapacity, biUser, dashboard }, {
      changeCapture: 'forwarder',
      cutOver: false,
      redshiftBaseCapacity: 8,
      biUser: 'quicksight',
      dashboard: undefined,
    });
  });

  test('has the local warehouse’s user on the local cloud', () => {
    assert.equal(read({ localCloud: 'true' }).biUser, 'IAMR:quicksight');
  });

  test('reports everything that is wrong at once, by name', () => {
    const wrong = {
      localCloud: 'yes',
      architecture: 'sparc',
      changeCapture: 'both',
      cutOver: '1',
      redshiftBaseCapacity: '12',
      biUser: 'a"; DROP',
      forwardedItems: '{"channel":"web"}',
      quickSightAdmin: 'arn:aws:iam::111122223333:user/admin',
      quickSightPrincipals: 'everybody',
      biSecretArn: 'secret',
      regionRules: '{}',
      sensorAggregates: 'maybe',
    };
    assert.deepEqual(problems(wrong), [
      "context localCloud is 'yes', not true or false",
      "context architecture is 'sparc', not arm64 or x86_64",
      "context changeCapture is 'both', not forwarder or native",
      "context cutOver is '1', not true or false",
      "context redshiftBaseCapacity is '12', not 4, 8 to 512 in steps of 8, or to 1024 in steps of 32",
      `context biUser is 'a"; DROP', not a name of letters, digits, _, ., @ and -, with IAM: or IAMR: before it`,
      NO_FILTER,
      "context quickSightAdmin has 'arn:aws:iam::111122223333:user/admin', not the ARN of a user or group of QuickSight",
      "context quickSightPrincipals has 'everybody', not the ARN of a user or group of QuickSight",
      "context biSecretArn is 'secret', not the ARN of a secret",
      'context regionRules is given, but rowLevelSecurity is not true',
      "context sensorAggregates is 'maybe', not true or false",
    ]);
  });

  test('takes the capacities that Redshift takes', () => {
    for (const redshiftBaseCapacity of [4, 8, 16, 504, 512, 544, 1024]) {
      assert.deepEqual(problems({ redshiftBaseCapacity: String(redshiftBaseCapacity) }), []);
    }
    for (const redshiftBaseCapacity of [1, 7, 9, 513, 520, 1025, 1056]) {
      assert.equal(problems({ redshiftBaseCapacity: String(redshiftBaseCapacity) }).length, 1);
    }
  });

  test('takes users of the database’s and of IAM’s', () => {
    for (const biUser of ['quicksight', 'IAMR:quicksight', 'IAM:bi.user@example-1']) assert.deepEqual(problems({ biUser }), []);
    for (const biUser of ['1user', 'IAMX:user', 'a b', 'a:b']) assert.equal(problems({ biUser }).length, 1, biUser);
  });

  test('keeps no key of the table in it', () => {
    assert.deepEqual(problems({ redactedAttributes: 'note, line,address.line' }), [
      "context redactedAttributes has 'line', which is of the table's key",
    ]);
  });

  test('takes the paths that the forwarder takes', () => {
    for (const redactedAttributes of ['note', 'note,address.street', ' note , a b.c ', 'orderId.part']) {
      assert.deepEqual(problems({ redactedAttributes }), [], redactedAttributes);
    }
    for (const redactedAttributes of ['a,', ',a', 'a..b', '.a', 'a.', 'a, ,b', ' ']) {
      assert.deepEqual(problems({ redactedAttributes }), [
        `context redactedAttributes is '${redactedAttributes}', not paths such as note,address.street with a name at every place`,
      ]);
    }
  });

  test('takes the filters that the forwarder takes, with every digit', () => {
    const exponent = '{"a":[1e2147483647,-1.5E-2147483648]}';
    const digits = '{"a":[12345678901234567890123456789012345678]}';
    for (const forwardedItems of ['{"a":["x",1.50,true,null]}', '{"a":["b: \\"c\\":"],"d":[false]}', '{}', digits, exponent]) {
      assert.equal(read({ forwardedItems }).forwardedItems, forwardedItems);
    }
    const twice = ['{"a":["x"],"a":["y"]}', '{"a":["x"],"\\u0061":["y"]}'];
    const nested = ['{"a":[["x"]]}', '{"a":[{}]}', '{"a":{"b":["x"]}}'];
    const others = ['x', '[]', '"a"', 'null', '{"a":"x"}', '{"a":[]}', '{"a":["\\ud800"]}', '{"a":[1e2147483648]}'];
    for (const forwardedItems of [...twice, ...nested, ...others]) {
      assert.deepEqual(problems({ forwardedItems }), [NO_FILTER], forwardedItems);
    }
  });

  test('takes a filter from cdk.json, where its numbers are whole there', () => {
    assert.equal(read({ forwardedItems: { line: [1, 19.95, 1e21] } }).forwardedItems, '{"line":[1,19.95,1e+21]}');
    assert.deepEqual(problems({ forwardedItems: { channel: [] } }), [NO_FILTER]);
    for (const number of [1234567890123456, 0.1234567890123456, Infinity]) {
      const [said, ...others] = problems({ forwardedItems: { line: [number] } });
      assert.deepEqual(others, []);
      assert.ok(said?.startsWith(`context forwardedItems has ${number}, of more digits than cdk.json keeps`), said);
    }
  });

  test('takes three zones by name, or the first of the region', () => {
    assert.equal(read({}).availabilityZones, undefined);
    const zones = ['us-east-1a', 'us-east-1c', 'us-east-1d'];
    assert.deepEqual(read({ availabilityZones: zones.join(', ') }).availabilityZones, zones);
    for (const wrong of ['us-east-1a,us-east-1b', 'us-east-1a,us-east-1b,us-east-1b', 'a,b,c', 'a-1a,b-1b,c-1c,d-1d']) {
      assert.deepEqual(problems({ availabilityZones: wrong }), [
        `context availabilityZones is '${wrong}', not three zones such as us-east-1a,us-east-1b,us-east-1c`,
      ]);
    }
  });

  test('never lets everything out where something was to stay in', () => {
    const said = 'is given, but DynamoDB sends every change whole when changeCapture is native, or cutOver true';
    for (const open of [{ changeCapture: 'native' }, { cutOver: 'true' }]) {
      assert.deepEqual(problems({ ...open, redactedAttributes: 'note' }), [`context redactedAttributes ${said}`]);
      assert.deepEqual(problems({ ...open, forwardedItems: '{"channel":["web"]}' }), [`context forwardedItems ${said}`]);
    }
  });

  test('has one way of capture at a time on the local cloud, and no dashboards', () => {
    assert.deepEqual(problems({ localCloud: 'true', cutOver: 'true' }), [
      'context cutOver is true, but the local cloud has one way of capture at a time',
    ]);
    assert.deepEqual(problems({ localCloud: 'true', ...DASHBOARD }), [
      'context quickSightAdmin is given, but the local cloud has no QuickSight',
    ]);
  });
});

describe('the dashboards', () => {
  test('need their owner and a secret', () => {
    assert.deepEqual(problems({ quickSightAdmin: DASHBOARD.quickSightAdmin }), [
      'context biSecretArn is missing: pass -c biSecretArn=…',
    ]);
    for (const name of ['quickSightPrincipals', 'biSecretArn', 'rowLevelSecurity', 'regionRules', 'sensorAggregates']) {
      assert.deepEqual(problems({ [name]: 'true' }), [`context ${name} is given without quickSightAdmin`]);
    }
  });

  test('name each reader once, and the owner not among them', () => {
    const quickSightPrincipals = `${SALES}, ${DASHBOARD.quickSightAdmin},${SALES}`;
    assert.deepEqual(read({ ...DASHBOARD, quickSightPrincipals }).dashboard?.principals, [SALES]);
  });
});

describe('the rules of regions', () => {
  const rules = (given: unknown) =>
    problems({ ...DASHBOARD, rowLevelSecurity: 'true', regionRules: given === undefined ? '' : JSON.stringify(given) });

  test('are needed when rows are to be kept', () => {
    assert.deepEqual(rules(undefined), ['context regionRules is missing: pass -c regionRules=…']);
    for (const none of [{}, [], 'Europe']) {
      assert.deepEqual(rules(none), ['context regionRules is not a JSON object of ARNs and lists of regions']);
    }
  });

  test('name users and groups by ARN, and regions that no rule’s text is broken by', () => {
    assert.deepEqual(rules({ [SALES]: ['Europe', 'North America'], [DASHBOARD.quickSightAdmin]: ['*'] }), []);
    for (const regions of [[], 'Europe', ["O'Hare"], ['a,b'], ['a"b'], ['a\\b'], [''], [1]]) {
      assert.deepEqual(rules({ [SALES]: regions }), [
        `context regionRules.${SALES} is not a list of regions without comma and quote, or ["*"]`,
      ]);
    }
    assert.deepEqual(rules({ [SALES]: ['*', 'Europe'] }), [`context regionRules.${SALES} has * beside other regions`]);
    assert.equal(rules({ sales: ['Europe'] }).length, 1);
    assert.equal(rules({ [`${SALES}'`]: ['Europe'] }).length, 1);
  });
});

describe('the patterns of the app', () => {
  const patterns = (context: Record<string, unknown>) => readPatterns(app(context).node);

  test('are the recommendations, unless something says otherwise', () => {
    assert.deepEqual(patterns({}), ['recommendations']);
    assert.deepEqual(patterns({ localCloud: 'true' }), ['recommendations']);
    assert.deepEqual(patterns({ changeCapture: 'native' }), ['generative-bi']);
    assert.deepEqual(patterns({ changeCapture: 'native', pattern: 'recommendations' }), ['recommendations']);
    assert.deepEqual(patterns({ pattern: 'generative-bi, recommendations' }), ['generative-bi', 'recommendations']);
  });
});
