import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { BI_NATIVE, BI_ON_AWS, generativeBi, INFRA, Synthesised } from './synthesis.ts';

const template = new Synthesised(generativeBi());
const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
const id = (name: string) => ({ Ref: template.idOf(template.lambda(name)) });
const OF_MONITOR = { FunctionName: id('warehouse-monitor') };
const OF_VIEW = { ServiceName: 'warehouse-monitor', ...OF_MONITOR, View: 'ingest.order_changes' };
const OF_MIGRATOR = { FunctionName: id('warehouse-migrator') };
const OF_FORWARDER = { FunctionName: id('dynamodb-stream-forwarder') };
const FORWARDER = { ServiceName: 'dynamodb-stream-forwarder', ...OF_FORWARDER };
const OF_STREAM = { StreamName: { Ref: template.idOf(template.only('AWS::Kinesis::Stream')) } };
const OF_QUEUE = { QueueName: { 'Fn::GetAtt': [template.idOf(template.only('AWS::SQS::Queue')), 'QueueName'] } };

/** The alarm on a metric with these dimensions. */
function on(metricName: string, wanted: object): Record<string, any> {
  const [alarm, ...others] = alarms.filter(
    (candidate) => candidate['MetricName'] === metricName && JSON.stringify(dimensions(candidate)) === sorted(wanted),
  );
  assert.ok(alarm !== undefined && others.length === 0, `one alarm on ${metricName} is expected`);
  return alarm;
}

function dimensions({ Dimensions }: Record<string, any>): object {
  return JSON.parse(sorted(Object.fromEntries(Dimensions.map(({ Name, Value }: any) => [Name, Value]))));
}

function sorted(record: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b))));
}

describe('an alarm of generative BI rings for', () => {
  const rings: [string, string, string, object, number, number][] = [
    ['a view that is five minutes old', 'KinesisAiPatterns', 'ViewFreshness', OF_VIEW, 300, 5],
    ['records that the warehouse could not read', 'KinesisAiPatterns', 'ScanErrors', OF_VIEW, 1, 1],
    ['records that are no JSON', 'KinesisAiPatterns', 'FailedPayloads', OF_VIEW, 1, 1],
    ['a view that cannot be looked at', 'KinesisAiPatterns', 'MonitorFailures', OF_VIEW, 1, 3],
    ['a warehouse that is not looked at', 'AWS/Lambda', 'Errors', OF_MONITOR, 1, 3],
    ['a migration that failed', 'AWS/Lambda', 'Errors', OF_MIGRATOR, 1, 1],
    ['a scheduled call that failed', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', OF_QUEUE, 1, 1],
    ['a change that the forwarder rejected', 'KinesisAiPatterns', 'RecordsRejected', FORWARDER, 1, 1],
    ['invocations of the forwarder that failed', 'AWS/Lambda', 'Errors', OF_FORWARDER, 1, 1],
    ['records that shards refuse', 'AWS/Kinesis', 'WriteProvisionedThroughputExceeded', OF_STREAM, 1, 3],
  ];
  for (const [what, namespace, metricName, expected, threshold, minutes] of rings) {
    test(what, () => {
      const alarm = on(metricName, expected);
      assert.equal(alarm['Namespace'], namespace);
      assert.equal(alarm['Threshold'], threshold);
      assert.equal(alarm['EvaluationPeriods'], minutes);
      assert.equal(alarm['ComparisonOperator'], 'GreaterThanOrEqualToThreshold');
    });
  }

  test('a freshness that nobody measures any more, and for no other silence', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    assert.deepEqual(breaching.map(({ MetricName }) => MetricName), ['ViewFreshness']);
  });
});

describe('every alarm of generative BI', () => {
  test('tells the topic, in either mode of capture', () => {
    for (const context of [BI_ON_AWS, BI_NATIVE]) {
      const all = new Synthesised(generativeBi(context)).ofType('AWS::CloudWatch::Alarm');
      assert.ok(all.length > 0);
      for (const { Properties } of all) assert.deepEqual(Properties['AlarmActions'], [BI_ON_AWS.alarmTopicArn]);
    }
  });

  test('has a statistic that fits: the oldest view, the sum of what failed', () => {
    assert.equal(on('ViewFreshness', OF_VIEW)['Statistic'], 'Maximum');
    for (const name of ['ScanErrors', 'FailedPayloads']) assert.equal(on(name, OF_VIEW)['Statistic'], 'Sum');
  });
});

describe('the metrics that alarms of generative BI take from the functions', () => {
  const folder = path.join(INFRA, '../crates/telemetry-emf/src');
  const emf = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
  const ours = alarms.filter(({ Namespace }) => Namespace === 'KinesisAiPatterns');

  test('are emitted under these names, with these dimensions', () => {
    assert.ok(ours.length > 0);
    for (const { MetricName, Dimensions } of ours) {
      for (const word of [MetricName, ...Dimensions.map(({ Name }: any) => Name)]) {
        assert.ok(emf.includes(`"${word}"`), word);
      }
    }
  });
});
