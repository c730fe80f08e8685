import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { Duration } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { ACTIVE_PARTITIONS } from '../lib/iot-inference/archive/delivery-alarms.ts';
import { INFRA, ON_AWS, type Resource, Synthesised, templateFile } from './synthesis.ts';
import { TelemetryArchiveStack } from './telemetry-archive-stack.ts';

const writer = new Synthesised(new TelemetryArchiveStack('writer'));
const native = new Synthesised(new TelemetryArchiveStack('stream'));

/** The role that Firehose delivers as. */
function roleOf(template: Synthesised): Resource {
  const { Properties } = template.only('AWS::KinesisFirehose::DeliveryStream');
  return template.behind(Properties['ExtendedS3DestinationConfiguration'].RoleARN);
}

/** What it may do: the actions of each statement with their condition, and on what. */
function permissionsOf(template: Synthesised): Record<string, any>[] {
  return template.policiesOf(roleOf(template)).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);
}

/** The statement that allows an action on what `service` keeps. */
function statement(template: Synthesised, action: string, service?: string): Record<string, any> {
  const found = permissionsOf(template).filter(({ Action, Condition }) => {
    const via = JSON.stringify(Condition?.StringEquals?.['kms:ViaService'] ?? '');
    return [Action].flat().includes(action) && (service === undefined || via.includes(`"${service}.`));
  });
  assert.equal(found.length, 1, action);
  return found[0] ?? {};
}

describe('Firehose’s role', () => {
  test('is for Firehose in the name of this account', () => {
    const [trust, ...others] = roleOf(writer).Properties['AssumeRolePolicyDocument'].Statement;
    assert.deepEqual(others, []);
    assert.deepEqual(trust.Principal, { Service: 'firehose.amazonaws.com' });
    assert.deepEqual(trust.Condition, { StringEquals: { 'sts:ExternalId': { Ref: 'AWS::AccountId' } } });
  });

  test('may write below the two prefixes of the one bucket, and nowhere else', () => {
    const { Resource: objects } = statement(writer, 's3:PutObject');
    const suffixes = objects.map((arn: any) => {
      const [, [bucket, suffix]] = arn['Fn::Join'];
      assert.equal(writer.behind(bucket).Properties['LifecycleConfiguration'].Rules.length, 3);
      return suffix;
    });
    assert.deepEqual(suffixes.sort(), ['/errors/*', '/readings/*']);
    assert.equal(writer.behind(statement(writer, 's3:ListBucket')['Resource']).Type, 'AWS::S3::Bucket');
  });

  test('may read the columns of the one table', () => {
    const { Action, Resource: resources } = statement(writer, 'glue:GetTable');
    assert.deepEqual(Action, ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions']);
    const ends = resources.map((arn: any) => String(arn['Fn::Join'][1].at(-1)));
    assert.deepEqual(ends, [':catalog', ':database/iot_inference', ':table/iot_inference/reading_lines']);
  });

  test('may use the key for what S3 keeps', () => {
    const { Action, Resource: key } = statement(writer, 'kms:GenerateDataKey', 's3');
    assert.deepEqual(Action, ['kms:Decrypt', 'kms:GenerateDataKey']);
    assert.equal(writer.behind(key).Type, 'AWS::KMS::Key');
  });

  test('may write its own log', () => {
    const parts = statement(writer, 'logs:PutLogEvents')['Resource']['Fn::Join'][1];
    assert.ok(parts.includes(':log-stream:'));
    assert.equal(writer.behind(parts.at(-1)).Type, 'AWS::Logs::LogStream');
  });

  test('may read the stream, and decrypt it, only where it must', () => {
    const { Action, Resource: stream } = statement(native, 'kinesis:GetRecords');
    const reading = ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'];
    assert.deepEqual(Action, reading);
    assert.equal(native.behind(stream).Type, 'AWS::Kinesis::Stream');
    assert.equal(statement(native, 'kms:Decrypt', 'kinesis')['Action'], 'kms:Decrypt');
    assert.deepEqual(permissionsOf(native).length, permissionsOf(writer).length + 2);
  });

  test('may do nothing on everything, nor by a pattern', () => {
    for (const template of [writer, native]) {
      for (const { actions, resources } of template.permissions()) {
        assert.deepEqual(actions.filter((action) => action.includes('*')), []);
        assert.ok(!resources.includes('*'));
      }
    }
  });
});

describe('an alarm rings for', () => {
  const expected: [string, Synthesised, string, string, number, number][] = [
    ['readings that wait for 15 minutes', writer, 'DeliveryToS3.DataFreshness', 'Maximum', 900, 1],
    ['an object that S3 refused', writer, 'DeliveryToS3.Success', 'Average', 1, 1],
    ['a reading that does not fit', writer, 'FailedConversion.Records', 'Sum', 1, 1],
    ['an error that Firehose logged', writer, 'IncomingLogEvents', 'Sum', 1, 1],
    ['80 of 100 partitions', writer, 'PartitionCount', 'Maximum', 400, 1],
    ['too many partitions', writer, 'PartitionCountExceeded', 'Maximum', 1, 1],
    ['puts that Firehose refuses', writer, 'ThrottledRecords', 'Sum', 1, 5],
    ['a stream that is ahead', native, 'KinesisMillisBehindLatest', 'Maximum', 300_000, 3],
    ['reads that the stream refuses', native, 'ThrottledGetRecords', 'Sum', 1, 5],
  ];
  for (const [what, template, name, statistic, threshold, minutes] of expected) {
    test(what, () => {
      const alarm = alarmOn(template, name);
      assert.equal(alarm['Statistic'], statistic);
      assert.equal(alarm['Threshold'], threshold);
      assert.equal(alarm['EvaluationPeriods'], minutes);
    });
  }

  test('the one Firehose stream, or its log', () => {
    for (const [, template, name] of expected) {
      const alarm = alarmOn(template, name);
      const ofLog = name === 'IncomingLogEvents';
      assert.equal(alarm['Namespace'], ofLog ? 'AWS/Logs' : 'AWS/Firehose');
      const dimensions = ofLog
        ? { LogGroupName: 'AWS::Logs::LogGroup' }
        : { DeliveryStreamName: 'AWS::KinesisFirehose::DeliveryStream' };
      assert.deepEqual(dimensionsOf(template, alarm), dimensions);
    }
  });

  test('what is too low only of what should be 1', () => {
    for (const [, template, name] of expected) {
      const below = name === 'DeliveryToS3.Success';
      const comparison = below ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold';
      assert.equal(alarmOn(template, name)['ComparisonOperator'], comparison);
    }
  });

  test('readings that wait for three times as long as they are collected', () => {
    const slow = new Synthesised(new TelemetryArchiveStack('stream', { bufferInterval: Duration.minutes(15) }));
    assert.equal(alarmOn(slow, 'DeliveryToS3.DataFreshness')['Threshold'], 45 * 60);
  });

  test('nothing of a direct put where there is none, nor of a stream that Firehose does not read', () => {
    const watched = (template: Synthesised) =>
      template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties['MetricName']);
    assert.ok(!watched(native).includes('ThrottledRecords'));
    assert.ok(!watched(writer).includes('KinesisMillisBehindLatest'));
    assert.ok(!watched(writer).includes('ThrottledGetRecords'));
  });

  test('nobody alone: each tells the topic, and is quiet while nothing flows', () => {
    for (const { Properties } of [writer, native].flatMap((template) => template.ofType('AWS::CloudWatch::Alarm'))) {
      assert.deepEqual(Properties['AlarmActions'], [ON_AWS.alarmTopicArn]);
      assert.equal(Properties['TreatMissingData'], 'notBreaching');
    }
  });

  test('the quota of partitions as it is by default', () => assert.equal(ACTIVE_PARTITIONS, 500));
});

describe('the archive', () => {
  const stacks = [new TelemetryArchiveStack('writer'), new TelemetryArchiveStack('stream')];
  const local = [
    new TelemetryArchiveStack('writer', { localCloud: true }),
    new TelemetryArchiveStack('stream', { localCloud: true }),
  ];

  test('has no finding of cdk-nag that is not answered with a reason', () => {
    for (const stack of stacks) {
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      assert.deepEqual(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources]), []);
    }
  });

  test('has no finding of cfn-lint', () => {
    const program = path.join(INFRA, '../.venv/bin/cfn-lint');
    const templates = [...stacks, ...local].map(templateFile);
    const { error, status, stdout } = spawnSync(program, templates, { cwd: INFRA, encoding: 'utf8' });
    assert.equal(error, undefined);
    assert.equal(status, 0, stdout);
  });
});

function alarmOn(template: Synthesised, metricName: string): Record<string, any> {
  const [alarm, ...others] = template
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties }) => Properties['MetricName'] === metricName);
  assert.ok(alarm !== undefined && others.length === 0, `one alarm on ${metricName} is expected`);
  return alarm.Properties;
}

/** The types of what the dimensions of an alarm refer to, by name. */
function dimensionsOf(template: Synthesised, { Dimensions }: Record<string, any>): Record<string, string> {
  return Object.fromEntries(Dimensions.map(({ Name, Value }: any) => [Name, template.behind(Value).Type]));
}
