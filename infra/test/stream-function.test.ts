import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';

import { AccessLogBucket } from '../lib/constructs/access-log-bucket.ts';
import { DataKey } from '../lib/constructs/data-key.ts';
import { EnhancedFanOutConsumer } from '../lib/constructs/enhanced-fan-out-consumer.ts';
import { RecordStream, type StreamCapacity } from '../lib/constructs/record-stream.ts';
import { StreamFunction, type StreamFunctionProps } from '../lib/constructs/stream-function.ts';
import { app, builtFunction, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const mapping = template.only('AWS::Lambda::EventSourceMapping').Properties;
const forwarder = template.lambda('put-events-forwarder').Properties;
const onFailure = template.behind(mapping['DestinationConfig'].OnFailure.Destination);
const deadLetters = template.behind(forwarder['Environment'].Variables.DEAD_LETTER_BUCKET);

/** A stream function with other properties than those of the recommendations. */
function streamFunction(changed: Partial<StreamFunctionProps> & { retention?: Duration; capacity?: StreamCapacity }) {
  const stack = new Stack(app({}), 'Stack');
  const encryptionKey = new DataKey(stack, 'Key', 'test');
  const source = new RecordStream(stack, 'Records', {
    capacity: changed.capacity ?? { mode: 'provisioned', shards: 1 },
    retention: changed.retention ?? Duration.days(7),
    encryptionKey,
  });
  new StreamFunction(stack, 'Tested', {
    functionName: 'tested',
    functionsDirectory: builtFunction('tested'),
    architecture: lambda.Architecture.ARM_64,
    source: new EnhancedFanOutConsumer(stack, 'Consumer', { source, consumerName: 'tested', localCloud: false }),
    encryptionKey,
    accessLogs: new AccessLogBucket(stack, 'AccessLogs'),
    mappingEnabled: true,
    ...changed,
  });
  return new Synthesised(stack);
}

describe('the mapping of a stream function', () => {
  test('lets the function report which record failed', () => {
    assert.deepEqual(mapping['FunctionResponseTypes'], ['ReportBatchItemFailures']);
  });

  test('retries without a bound on the number', () => {
    assert.equal(mapping['MaximumRetryAttempts'], -1);
  });

  test('gives a record up six hours before it leaves the stream', () => {
    const { RetentionPeriodHours } = template.only('AWS::Kinesis::Stream').Properties;
    assert.equal(mapping['MaximumRecordAgeInSeconds'], (RetentionPeriodHours - 6) * 3600);
  });

  test('is refused on a stream that keeps records for less than a tolerated outage and the margin', () => {
    assert.throws(() => streamFunction({ retention: Duration.hours(29) }), /keep them for at least 30 h/);
    const kept = streamFunction({ retention: Duration.hours(30) }).only('AWS::Lambda::EventSourceMapping');
    assert.equal(kept.Properties['MaximumRecordAgeInSeconds'], 24 * 3600);
  });

  test('splits a batch that crashes the function', () => {
    assert.equal(mapping['BisectBatchOnFunctionError'], true);
  });

  test('counts its events, which nothing else shows for a reported failure', () => {
    assert.deepEqual(mapping['MetricsConfig'], { Metrics: ['EventCount'] });
  });

  test('sends what it gives up, with the payload, to a bucket', () => {
    assert.equal(onFailure.Type, 'AWS::S3::Bucket');
    assert.notEqual(onFailure, deadLetters);
  });

  test('reads through a registered consumer, by its ARN and not the stream’s', () => {
    const source = template.behind(mapping['EventSourceArn']);
    assert.equal(source.Type, 'AWS::Kinesis::StreamConsumer');
    assert.equal(template.behind(source.Properties['StreamARN']).Type, 'AWS::Kinesis::Stream');
  });

  test('starts at the oldest record, so that a first deployment loses none', () => {
    assert.equal(mapping['StartingPosition'], 'TRIM_HORIZON');
  });

  test('names its batch size, window and parallelization', () => {
    assert.equal(mapping['BatchSize'], 500);
    assert.equal(mapping['MaximumBatchingWindowInSeconds'], 1);
    assert.equal(mapping['ParallelizationFactor'], 2);
  });

  test('is created after the permissions that Lambda checks', () => {
    const [policy] = template.policiesOf(template.behind(forwarder['Role']));
    const { DependsOn } = template.only('AWS::Lambda::EventSourceMapping');
    assert.ok(policy !== undefined && DependsOn?.includes(template.idOf(policy)));
  });
});

describe('the function', () => {
  test('runs a bootstrap on Amazon Linux 2023', () => {
    assert.equal(forwarder['Runtime'], 'provided.al2023');
  });

  test('runs on ARM64 unless told otherwise', () => {
    assert.deepEqual(forwarder['Architectures'], ['arm64']);
    const other = streamFunction({ architecture: lambda.Architecture.X86_64 }).only('AWS::Lambda::Function');
    assert.deepEqual(other.Properties['Architectures'], ['x86_64']);
  });

  test('runs at most shards times parallelization factor at once', () => {
    const { ShardCount } = template.only('AWS::Kinesis::Stream').Properties;
    assert.equal(forwarder['ReservedConcurrentExecutions'], ShardCount * mapping['ParallelizationFactor']);
  });

  test('runs at most as the assumed shards allow on a stream that has no fixed number', () => {
    const capacity = { mode: 'on-demand', assumedShards: 5 } as const;
    const onDemand = streamFunction({ capacity, parallelizationFactor: 3 });
    assert.equal(onDemand.only('AWS::Lambda::Function').Properties['ReservedConcurrentExecutions'], 15);
    assert.deepEqual(onDemand.only('AWS::Kinesis::Stream').Properties['StreamModeDetails'], { StreamMode: 'ON_DEMAND' });
  });

  test('is told its share of a limit that all environments share', () => {
    const shared = streamFunction({
      capacity: { mode: 'provisioned', shards: 3 },
      parallelizationFactor: 10,
      sharedLimits: { CALLS_PER_SECOND: 1000 },
    });
    const { Variables } = shared.only('AWS::Lambda::Function').Properties['Environment'];
    assert.equal(Variables.CALLS_PER_SECOND, '33');
  });

  test('writes to a log group that expires and is encrypted', () => {
    const logs = template.behind(forwarder['LoggingConfig'].LogGroup).Properties;
    assert.equal(logs['RetentionInDays'], 30);
    assert.equal(template.behind(logs['KmsKeyId']).Type, 'AWS::KMS::Key');
  });

  test('has its environment encrypted with the pattern’s key', () => {
    assert.equal(template.behind(forwarder['KmsKeyArn']).Type, 'AWS::KMS::Key');
  });
});

for (const [name, bucket] of Object.entries({ 'dead-letter': deadLetters, 'on-failure': onFailure })) {
  describe(`the ${name} bucket`, () => {
    test('is encrypted with the pattern’s key, one data key for many objects', () => {
      const [rule] = bucket.Properties['BucketEncryption'].ServerSideEncryptionConfiguration;
      assert.equal(rule.ServerSideEncryptionByDefault.SSEAlgorithm, 'aws:kms');
      assert.equal(template.behind(rule.ServerSideEncryptionByDefault.KMSMasterKeyID).Type, 'AWS::KMS::Key');
      assert.equal(rule.BucketKeyEnabled, true);
    });

    test('is never public', () => assertNeverPublic(bucket));

    test('refuses requests without TLS', () => assertTlsOnly(bucket));

    test('keeps what was overwritten or deleted for a month', () => {
      assert.deepEqual(bucket.Properties['VersioningConfiguration'], { Status: 'Enabled' });
      const [rule] = bucket.Properties['LifecycleConfiguration'].Rules;
      assert.deepEqual(rule.NoncurrentVersionExpiration, { NoncurrentDays: 30 });
    });

    test('forgets payloads after 90 days', () => {
      const [rule] = bucket.Properties['LifecycleConfiguration'].Rules;
      assert.equal(rule.ExpirationInDays, 90);
      assert.equal(rule.Status, 'Enabled');
    });

    test('logs who reads it', () => {
      const logs = template.behind(bucket.Properties['LoggingConfiguration'].DestinationBucketName);
      assert.notEqual(logs, bucket);
      assertNeverPublic(logs);
      assertTlsOnly(logs);
    });

    test('stays when the stack is deleted', () => assert.equal(bucket.DeletionPolicy, 'Retain'));
  });
}

function assertNeverPublic(bucket: { Properties: Record<string, any> }): void {
  assert.deepEqual(bucket.Properties['PublicAccessBlockConfiguration'], {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
}

function assertTlsOnly(bucket: (typeof template.resources)[string]): void {
  const policy = template
    .ofType('AWS::S3::BucketPolicy')
    .find(({ Properties }) => template.behind(Properties['Bucket']) === bucket);
  const refused = policy?.Properties['PolicyDocument'].Statement.find(({ Effect }: any) => Effect === 'Deny');
  assert.equal(refused?.Action, 's3:*');
  assert.deepEqual(refused?.Principal, { AWS: '*' });
  assert.deepEqual(refused?.Condition, { Bool: { 'aws:SecureTransport': 'false' } });
}
