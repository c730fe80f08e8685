import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { IOT_BARE, IOT_ON_AWS, iotInference, ON_AWS, Synthesised } from './synthesis.ts';

const template = new Synthesised(iotInference());
const bare = new Synthesised(iotInference(IOT_BARE));

/** The mapping of a function. */
function mapping(of: Synthesised, functionName: string): Record<string, any> {
  const id = of.idOf(of.lambda(functionName));
  const found = of.ofType('AWS::Lambda::EventSourceMapping').filter(({ Properties }) => Properties['FunctionName'].Ref === id);
  assert.equal(found.length, 1);
  return found[0]?.Properties ?? {};
}

/** The stream that devices feed. */
function telemetry(of: Synthesised): Record<string, any> {
  return of.behind(of.outputs['TelemetryStreamName']?.Value).Properties;
}

describe('IoT inference', () => {
  test('keeps readings for a week, on four shards, encrypted with its own key', () => {
    for (const { ShardCount, RetentionPeriodHours, StreamEncryption } of [telemetry(template), telemetry(bare)]) {
      assert.deepEqual([ShardCount, RetentionPeriodHours, StreamEncryption.EncryptionType], [4, 168, 'KMS']);
    }
  });

  test('has the state read by a consumer of its own', () => {
    for (const of of [template, bare]) {
      const source = of.behind(mapping(of, 'sensor-state-writer')['EventSourceArn']);
      assert.equal(source.Type, 'AWS::Kinesis::StreamConsumer');
      assert.deepEqual(of.behind(source.Properties['StreamARN']).Properties, telemetry(of));
    }
  });

  test('has the archive share the stream’s throughput', () => {
    const source = template.behind(mapping(template, 'firehose-writer')['EventSourceArn']);
    assert.deepEqual(source.Properties, telemetry(template));
    const { KinesisStreamSourceConfiguration } = bare.only('AWS::KinesisFirehose::DeliveryStream').Properties;
    assert.deepEqual(bare.behind(KinesisStreamSourceConfiguration.KinesisStreamARN).Properties, telemetry(bare));
    assert.equal(bare.ofType('AWS::Lambda::EventSourceMapping').length, 1);
  });

  test('splits the batch that fails, gives nothing up for its count, and keeps what ages out', () => {
    for (const name of ['sensor-state-writer', 'firehose-writer']) {
      const { Enabled, BisectBatchOnFunctionError, MaximumRetryAttempts, DestinationConfig, FunctionResponseTypes } =
        mapping(template, name);
      assert.deepEqual([Enabled, BisectBatchOnFunctionError, MaximumRetryAttempts], [true, true, -1]);
      assert.deepEqual(FunctionResponseTypes, ['ReportBatchItemFailures']);
      assert.equal(template.behind(DestinationConfig.OnFailure.Destination).Type, 'AWS::S3::Bucket');
    }
  });

  test('tells one topic of every alarm, and watches the stream', () => {
    const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    for (const { AlarmActions } of alarms) assert.deepEqual(AlarmActions, [ON_AWS.alarmTopicArn]);
    assert.equal(IOT_ON_AWS.alarmTopicArn, ON_AWS.alarmTopicArn);
    const streams = alarms
      .filter(({ MetricName }) => MetricName === 'WriteProvisionedThroughputExceeded')
      .map(({ Dimensions }) => template.behind(Dimensions[0].Value).Type);
    assert.deepEqual(streams, ['AWS::Kinesis::Stream', 'AWS::Kinesis::Stream']);
    for (const { AlarmActions } of bare.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties)) {
      assert.equal(AlarmActions, undefined);
    }
  });

  test('has no two alarms on the same', () => {
    const watched = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => {
      const { Namespace, MetricName, Dimensions, Metrics } = Properties;
      return JSON.stringify([Namespace, MetricName, Dimensions, Metrics]);
    });
    assert.equal(new Set(watched).size, watched.length);
  });
});
