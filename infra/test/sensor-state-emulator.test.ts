// The stack's tables, API and resolvers on the emulator, with nothing of ours in between.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { CfnOutput } from 'aws-cdk-lib';
import { Emulator, signature } from './sensor-state-emulator.ts';
import { SensorStateStack } from './sensor-state-stack.ts';

const READING = 'deviceId sensorId site measure unit value quality measuredAt sequence readingId';
const PAGE = `{ items { ${READING} } nextToken }`;
/** Beyond what a JavaScript number holds. */
const COUNT = 18446744073709551000n;
const READINGS_A_SENSOR = 7;

let emulator: Emulator;
let outputs: Record<string, string>;

before(async () => {
  emulator = await Emulator.start();
  const stack = new SensorStateStack({ localCloud: true, localEndpoint: emulator.endpoint });
  for (const [name, value] of Object.entries(stack.state.outputs)) if (value !== undefined) new CfnOutput(stack, name, { value });
  outputs = await emulator.deploy(stack);
  for (const deviceId of ['d-1', 'd-2', 'd-3']) {
    for (const sensorId of ['humidity-1', 'temperature-1']) await store(deviceId, sensorId);
  }
});

after(async () => emulator?.stop());

describe('the latest state', () => {
  test('of a sensor is all of the reading, with each digit of its count', async () => {
    const { latestReading } = await data(`{ latestReading(deviceId: "d-2", sensorId: "humidity-1") { ${READING} } }`);
    assert.deepEqual(latestReading, reading('d-2', 'humidity-1', READINGS_A_SENSOR - 1));
  });

  test('of a sensor that is unknown is null', async () => {
    assert.deepEqual(await data('{ latestReading(deviceId: "d-2", sensorId: "none") { value } }'), { latestReading: null });
  });

  test('of a device comes in pages, by sensor', async () => {
    const pages = await allPages('latestOfDevice', { deviceId: 'd-1', limit: 1 });
    assert.deepEqual(pages.flat().map(({ sensorId }) => sensorId), ['humidity-1', 'temperature-1']);
    assert.ok(pages.every((items) => items.length <= 1));
  });

  test('of a site comes in pages, by device', async () => {
    const sensors = (await allPages('latestOfSite', { site: 'hamburg', limit: 1 })).flat();
    assert.deepEqual(sensors.map(({ deviceId }) => deviceId), ['d-1', 'd-1', 'd-3', 'd-3']);
    assert.equal(new Set(sensors.map(({ readingId }) => readingId)).size, 4);
  });
});

describe('the history', () => {
  const sensor = { deviceId: 'd-1', sensorId: 'temperature-1' };
  const numbers = (pages: any[][]) => pages.flat().map(({ sequence }) => Number(BigInt(sequence) - COUNT));

  test('comes the newest first, in pages', async () => {
    const pages = await allPages('history', { ...sensor, newestFirst: true, limit: 3 });
    assert.deepEqual(numbers(pages), [6, 5, 4, 3, 2, 1, 0]);
    assert.deepEqual(pages[0]?.[0], reading('d-1', 'temperature-1', 6));
  });

  test('comes the oldest first on demand, in pages', async () => {
    assert.deepEqual(numbers(await allPages('history', { ...sensor, newestFirst: false, limit: 2 })), [0, 1, 2, 3, 4, 5, 6]);
  });

  test('has both ends of a range, whatever their offset and precision', async () => {
    const range = { from: '2026-11-25T03:00:02.000002+02:00', to: '2026-11-25T01:00:04.000004900Z' };
    assert.deepEqual(numbers(await allPages('history', { ...sensor, ...range, newestFirst: true, limit: 2 })), [4, 3, 2]);
  });

  test('leaves out what is a microsecond before or after', async () => {
    const range = { from: '2026-11-25T01:00:02.000003Z', to: '2026-11-25T01:00:04.000003Z' };
    assert.deepEqual(numbers(await allPages('history', { ...sensor, ...range })), [3]);
  });

  test('is of one sensor', async () => {
    const items = (await allPages('history', { ...sensor, sensorId: 'humidity-1' })).flat();
    assert.ok(items.every(({ sensorId }) => sensorId === 'humidity-1'));
    assert.deepEqual(await allPages('history', { ...sensor, sensorId: 'none' }), [[]]);
  });
});

describe('publishReading', () => {
  test('answers its input', async () => {
    const mutation = `mutation Publish($reading: ReadingInput!) { publishReading(reading: $reading) { ${READING} } }`;
    const published = reading('d-1', 'temperature-1', 7);
    assert.deepEqual((await data(mutation, { reading: published })).publishReading, published);
  });
});

describe('a wrong argument is named', () => {
  const wrong: [string, string][] = [
    ['latestOfSite(site: "") { nextToken }', 'site: must have from 1 to 128 letters, digits, _, ., : and -'],
    ['latestOfDevice(deviceId: "d-1", limit: 0) { nextToken }', 'limit: must be from 1 to 100'],
    ['history(deviceId: "d-1", sensorId: "t", from: "yesterday") { nextToken }', 'from: must be a time with its offset, as 2026-11-25T01:02:03Z'],
    ['history(deviceId: "d-1", sensorId: "t", from: "2027-01-01T00:00Z", to: "2026-01-01T00:00Z") { nextToken }', 'from: must not be after to'],
    ['latestOfDevice(deviceId: "d-1", nextToken: "none") { nextToken }', 'Invalid pagination token given.'],
  ];
  for (const [query, message] of wrong) {
    test(message, async () => {
      const { errors } = await ask(`{ ${query} }`);
      assert.deepEqual(errors.map((error: any) => error.message), [message]);
    });
  }
});

describe('a caller without a token or a signature', () => {
  test('is refused', async () => {
    const response = await fetch(outputs['GraphqlUrl'] ?? '', { method: 'POST', body: '{"query":"{ __typename }"}' });
    assert.equal(response.status, 401);
    await response.body?.cancel();
  });
});

/** The reading of a number, as the schema has it. */
function reading(deviceId: string, sensorId: string, number: number) {
  const sequence = String(COUNT + BigInt(number));
  return {
    deviceId,
    sensorId,
    site: deviceId === 'd-2' ? 'bremen' : 'hamburg',
    measure: 'temperature',
    unit: 'Cel',
    value: 20.5 + number,
    quality: 'good',
    measuredAt: `2026-11-25T01:00:0${number}.00000${number}Z`,
    sequence,
    readingId: `${deviceId}/${sensorId}/${sequence}`,
  };
}

/** Stores a sensor's readings as `sensor-state-writer` would. */
async function store(deviceId: string, sensorId: string): Promise<void> {
  const readings = Array.from({ length: READINGS_A_SENSOR }, (_, number) => reading(deviceId, sensorId, number));
  for (const stored of readings) {
    const at = `${stored.measuredAt}#${stored.sequence.padStart(20, '0')}`;
    const keys = { sensor: { S: `${deviceId}#${sensorId}` }, at: { S: at }, expiresAt: { N: '9999999999' } };
    await put('HistoryTableName', { ...item(stored), ...keys });
    await put('LatestTableName', item(stored));
  }
}

function item({ value, sequence, ...texts }: ReturnType<typeof reading>): Record<string, object> {
  const plain = Object.entries(texts).map(([name, text]) => [name, { S: text }]);
  return { ...Object.fromEntries(plain), value: { N: String(value) }, sequence: { N: sequence } };
}

async function put(table: string, Item: object): Promise<void> {
  await emulator.call('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: outputs[table], Item });
}

/** Asks for page after page, and returns the items of each. */
async function allPages(field: string, args: Record<string, unknown>): Promise<any[][]> {
  const pages: any[][] = [];
  let nextToken: string | null = null;
  do {
    const given = Object.entries({ ...args, ...(nextToken === null ? {} : { nextToken }) });
    const list = given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    const { [field]: page } = await data(`{ ${field}(${list}) ${PAGE} }`);
    pages.push(page.items);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return pages;
}

async function data(query: string, variables: object = {}): Promise<any> {
  const { errors, data: answered } = await ask(query, variables);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return answered;
}

async function ask(query: string, variables: object = {}): Promise<any> {
  const response = await fetch(outputs['GraphqlUrl'] ?? '', {
    method: 'POST',
    headers: { ...signature('appsync'), 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  assert.equal(response.status, 200);
  return response.json();
}
