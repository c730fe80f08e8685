import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const functionId = template.idOf(template.only('AWS::Lambda::Function'));
const mappingId = template.idOf(template.only('AWS::Lambda::EventSourceMapping'));

/** The alarm on a metric. */
function on(metricName: string): Record<string, any> {
  const [alarm, ...others] = alarms.filter(({ MetricName }) => MetricName === metricName);
  assert.ok(alarm !== undefined && others.length === 0, `one alarm on ${metricName} is expected`);
  return alarm;
}

/** The dimensions of an alarm's metric, by name. */
function dimensions(alarm: Record<string, any>): Record<string, unknown> {
  return Object.fromEntries(alarm['Dimensions'].map(({ Name, Value }: any) => [Name, Value]));
}

const OF_FUNCTION = { FunctionName: { Ref: functionId } };
const OF_MAPPING = { EventSourceMappingUUID: { Ref: mappingId } };
const OF_SERVICE = { ServiceName: 'put-events-forwarder', ...OF_FUNCTION };

describe('an alarm rings for', () => {
  test('records that wait for more than five minutes', () => {
    const alarm = on('IteratorAge');
    assert.deepEqual(dimensions(alarm), OF_FUNCTION);
    assert.equal(alarm['Statistic'], 'Maximum');
    assert.equal(alarm['Threshold'], 5 * 60 * 1000);
  });

  const ringsAtFirst: [string, string, string, object][] = [
    ['a record that the function rejected', 'KinesisAiPatterns', 'RecordsRejected', OF_SERVICE],
    ['a lane that panicked', 'KinesisAiPatterns', 'LanePanics', OF_SERVICE],
    ['a record that Lambda gave up', 'AWS/Lambda', 'DroppedEventCount', OF_MAPPING],
    ['a batch in the on-failure bucket', 'AWS/Lambda', 'OnFailureDestinationDeliveredEventCount', OF_MAPPING],
    ['a batch that did not reach the on-failure bucket', 'AWS/Lambda', 'DestinationDeliveryFailures', OF_FUNCTION],
    ['an invocation that failed as a whole', 'AWS/Lambda', 'Errors', OF_FUNCTION],
    ['throttled invocations', 'AWS/Lambda', 'Throttles', OF_FUNCTION],
  ];
  for (const [what, namespace, metricName, expected] of ringsAtFirst) {
    test(what, () => {
      const alarm = on(metricName);
      assert.equal(alarm['Namespace'], namespace);
      assert.deepEqual(dimensions(alarm), expected);
      assert.equal(alarm['Statistic'], 'Sum');
      assert.equal(alarm['Threshold'], 1);
      assert.equal(alarm['ComparisonOperator'], 'GreaterThanOrEqualToThreshold');
    });
  }
});

describe('every alarm', () => {
  test('names the dimensions of its metric: without them it could never ring', () => {
    for (const alarm of alarms) assert.ok(alarm['Dimensions'].length > 0, alarm['MetricName']);
  });

  test('tells the topic', () => {
    for (const alarm of alarms) assert.deepEqual(alarm['AlarmActions'], [ON_AWS.alarmTopicArn]);
  });

  test('is quiet while nothing flows', () => {
    for (const alarm of alarms) assert.equal(alarm['TreatMissingData'], 'notBreaching');
  });
});

describe('the metrics that alarms take from the functions', () => {
  const emf = sources('crates/telemetry-emf/src');
  const ours = alarms.filter(({ Namespace }) => Namespace === 'KinesisAiPatterns');

  test('are emitted under these names', () => {
    assert.ok(ours.length > 0);
    for (const { MetricName } of ours) assert.ok(emf.includes(`"${MetricName}"`), MetricName);
  });

  test('are emitted with these dimensions', () => {
    const emitted = /const DIMENSIONS\b[^=]*=\s*\[([^\]]*)\]/.exec(emf)?.[1]?.match(/\w+/g);
    assert.ok(emitted !== undefined && emitted !== null);
    for (const alarm of ours) assert.deepEqual(Object.keys(dimensions(alarm)).sort(), [...emitted].sort());
  });
});

/** The Rust sources of a folder, as one text. */
function sources(folder: string): string {
  const directory = path.join(INFRA, '..', folder);
  return readdirSync(directory)
    .map((file) => readFileSync(path.join(directory, file), 'utf8'))
    .join('\n');
}
