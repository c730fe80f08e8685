import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Duration } from 'aws-cdk-lib';

import { Synthesised } from './synthesis.ts';
import { TelemetryArchiveStack } from './telemetry-archive-stack.ts';

const byWriter = new TelemetryArchiveStack('writer');
const byFirehose = new TelemetryArchiveStack('stream');
const writer = new Synthesised(byWriter);
const native = new Synthesised(byFirehose);
const both = { writer, native };

const deliveryOf = (template: Synthesised) => template.only('AWS::KinesisFirehose::DeliveryStream').Properties;
const destinationOf = (template: Synthesised) => deliveryOf(template)['ExtendedS3DestinationConfiguration'];
const bucketOf = (template: Synthesised) => template.behind(destinationOf(template).BucketARN);
const isKey = (template: Synthesised, reference: unknown) =>
  assert.equal(template.behind(reference).Type, 'AWS::KMS::Key');

describe('the archive, written by the function', () => {
  const mapping = writer.only('AWS::Lambda::EventSourceMapping').Properties;
  const { Variables } = writer.lambda('firehose-writer').Properties['Environment'];

  test('tells the function the Firehose stream, and beyond that what every function is told', () => {
    assert.equal(writer.behind(Variables.DELIVERY_STREAM_NAME).Type, 'AWS::KinesisFirehose::DeliveryStream');
    const every = ['DEAD_LETTER_BUCKET', 'DEAD_LETTER_PREFIX', 'METRICS_NAMESPACE', 'SERVICE_NAME'];
    assert.deepEqual(new Set(Object.keys(Variables)), new Set([...every, 'DELIVERY_STREAM_NAME']));
  });

  test('gives it batches of four calls, after five seconds at the latest', () => {
    assert.equal(mapping['BatchSize'], 2_000);
    assert.equal(mapping['MaximumBatchingWindowInSeconds'], 5);
  });

  test('takes direct puts, and keeps them encrypted with the pattern’s key', () => {
    const { DeliveryStreamType, DeliveryStreamEncryptionConfigurationInput: encryption } = deliveryOf(writer);
    assert.equal(DeliveryStreamType, 'DirectPut');
    assert.equal(encryption.KeyType, 'CUSTOMER_MANAGED_CMK');
    isKey(writer, encryption.KeyARN);
    assert.equal(deliveryOf(writer)['KinesisStreamSourceConfiguration'], undefined);
  });

  test('lets the function put into the one Firehose stream', () => {
    const [arn, ...others] = writer.allowedOn('firehose:PutRecordBatch');
    assert.equal(writer.behind(arn).Type, 'AWS::KinesisFirehose::DeliveryStream');
    assert.deepEqual(others, []);
  });

  test('can be given other batches', () => {
    const other = new Synthesised(new TelemetryArchiveStack('writer', { batchSize: 100 }));
    assert.equal(other.only('AWS::Lambda::EventSourceMapping').Properties['BatchSize'], 100);
  });

  test('has outputs of the contract', () => {
    const { outputs } = byWriter.archive;
    assert.deepEqual(Object.keys(outputs).filter((name) => outputs[name] === undefined), []);
    assert.equal(outputs['ArchiveSource'], 'writer');
    assert.equal(outputs['ArchiveDatabaseName'], 'iot_inference');
    assert.equal(outputs['ArchiveTableName'], 'reading_lines');
    assert.equal(outputs['ArchiveViewName'], 'readings');
    assert.equal(outputs['AthenaWorkGroupName'], 'iot-inference');
  });
});

describe('the archive, where Firehose reads the stream itself', () => {
  test('has no function', () => {
    assert.deepEqual(native.ofType('AWS::Lambda::Function'), []);
    assert.deepEqual(native.ofType('AWS::Lambda::EventSourceMapping'), []);
  });

  test('reads the stream as the role that delivers', () => {
    const { DeliveryStreamType, KinesisStreamSourceConfiguration: source } = deliveryOf(native);
    assert.equal(DeliveryStreamType, 'KinesisStreamAsSource');
    assert.equal(native.behind(source.KinesisStreamARN).Type, 'AWS::Kinesis::Stream');
    assert.deepEqual(source.RoleARN, destinationOf(native).RoleARN);
  });

  test('has no encryption of its own, which Firehose refuses there', () => {
    assert.equal(deliveryOf(native)['DeliveryStreamEncryptionConfigurationInput'], undefined);
  });

  test('delivers as the other does', () => assert.deepEqual(destinationOf(native), destinationOf(writer)));

  test('has the outputs of the contract, but those of the function', () => {
    const { outputs } = byFirehose.archive;
    assert.equal(outputs['ArchiveSource'], 'stream');
    assert.deepEqual(
      Object.keys(outputs).filter((name) => outputs[name] === undefined),
      ['FirehoseWriterFunctionName', 'ArchiveDeadLetterBucketName', 'ArchiveOnFailureBucketName'],
    );
  });
});

describe('the Firehose stream', () => {
  const destination = destinationOf(writer);

  test('finds day and site in each record', () => {
    assert.deepEqual(destination.ProcessingConfiguration, {
      Enabled: true,
      Processors: [
        {
          Type: 'MetadataExtraction',
          Parameters: [
            { ParameterName: 'MetadataExtractionQuery', ParameterValue: '{day:.measuredAt[0:10],site:.site}' },
            { ParameterName: 'JsonParsingEngine', ParameterValue: 'JQ-1.6' },
          ],
        },
      ],
    });
  });

  test('puts files below day and site, and tries for two hours, the longest', () => {
    assert.equal(destination.Prefix, 'readings/day=!{partitionKeyFromQuery:day}/site=!{partitionKeyFromQuery:site}/');
    assert.deepEqual(destination.DynamicPartitioningConfiguration, {
      Enabled: true,
      RetryOptions: { DurationInSeconds: 7200 },
    });
  });

  test('puts what it cannot deliver elsewhere, by what went wrong and when', () => {
    assert.equal(destination.ErrorOutputPrefix, 'errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/');
  });

  test('collects 128 MiB, or for five minutes', () => {
    assert.deepEqual(destination.BufferingHints, { SizeInMBs: 128, IntervalInSeconds: 300 });
  });

  test('collects for as long as it is told, if Firehose takes that with partitions', () => {
    const told = (seconds: number) => {
      const stack = new TelemetryArchiveStack('stream', { bufferInterval: Duration.seconds(seconds) });
      return destinationOf(new Synthesised(stack)).BufferingHints.IntervalInSeconds;
    };
    assert.deepEqual([60, 900].map(told), [60, 900]);
    for (const seconds of [59, 901]) {
      assert.throws(() => told(seconds), /bufferInterval is \d+ s, but Firehose takes from 60 to 900 s with partitions/);
    }
  });

  test('makes Parquet, with Snappy, of the columns of the Glue table as they are now', () => {
    const { SchemaConfiguration: schema, ...formats } = destination.DataFormatConversionConfiguration;
    assert.deepEqual(formats, {
      Enabled: true,
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: { CaseInsensitive: true } } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: { Compression: 'SNAPPY' } } },
    });
    assert.equal(schema.DatabaseName, 'iot_inference');
    assert.equal(schema.TableName, 'reading_lines');
    assert.equal(schema.VersionId, 'LATEST');
    assert.equal(destination.CompressionFormat, 'UNCOMPRESSED');
  });

  test('encrypts with the pattern’s key', () => {
    isKey(writer, destination.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN);
  });

  test('logs what goes wrong, encrypted, for a month', () => {
    const { Enabled, LogGroupName, LogStreamName } = destination.CloudWatchLoggingOptions;
    assert.equal(Enabled, true);
    assert.equal(writer.behind(LogStreamName).Type, 'AWS::Logs::LogStream');
    const log = writer.behind(LogGroupName).Properties;
    isKey(writer, log['KmsKeyId']);
    assert.equal(log['RetentionInDays'], 30);
  });

  for (const [source, template] of Object.entries(both)) {
    test(`is made after the table, and after its role can do all it must (${source})`, () => {
      const { DependsOn = [] } = template.only('AWS::KinesisFirehose::DeliveryStream');
      const before = DependsOn.map((id) => template.resources[id]?.Type);
      assert.deepEqual(before.sort(), ['AWS::Glue::Table', 'AWS::IAM::Policy', 'AWS::IAM::Role']);
    });
  }
});

describe('the bucket of the archive', () => {
  const bucket = bucketOf(writer);
  const rules: Record<string, any>[] = bucket.Properties['LifecycleConfiguration'].Rules;

  test('is encrypted with the pattern’s key, one data key for many objects', () => {
    const [rule] = bucket.Properties['BucketEncryption'].ServerSideEncryptionConfiguration;
    assert.equal(rule.ServerSideEncryptionByDefault.SSEAlgorithm, 'aws:kms');
    isKey(writer, rule.ServerSideEncryptionByDefault.KMSMasterKeyID);
    assert.equal(rule.BucketKeyEnabled, true);
  });

  test('is never public', () => {
    const block = bucket.Properties['PublicAccessBlockConfiguration'];
    assert.deepEqual(new Set(Object.values(block)), new Set([true]));
    assert.equal(Object.keys(block).length, 4);
  });

  test('refuses requests without TLS', () => {
    const policies = writer.ofType('AWS::S3::BucketPolicy');
    const policy = policies.find(({ Properties }) => writer.behind(Properties['Bucket']) === bucket);
    const refused = policy?.Properties['PolicyDocument'].Statement.find(({ Effect }: any) => Effect === 'Deny');
    assert.deepEqual(refused?.Condition, { Bool: { 'aws:SecureTransport': 'false' } });
  });

  test('keeps readings for ever, errors for 90 days and answers for 30', () => {
    const kept = rules.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays]);
    assert.deepEqual(kept, [['errors/', 90], ['athena-results/', 30], [undefined, undefined]]);
    for (const { Status } of rules) assert.equal(Status, 'Enabled');
  });

  test('keeps what was deleted or overwritten for a month', () => {
    assert.deepEqual(bucket.Properties['VersioningConfiguration'], { Status: 'Enabled' });
    assert.deepEqual(rules[2]?.['NoncurrentVersionExpiration'], { NoncurrentDays: 30 });
    assert.deepEqual(rules[2]?.['AbortIncompleteMultipartUpload'], { DaysAfterInitiation: 1 });
  });

  test('logs who reads it, and stays when the stack is deleted', () => {
    assert.notEqual(writer.behind(bucket.Properties['LoggingConfiguration'].DestinationBucketName), bucket);
    assert.equal(bucket.DeletionPolicy, 'Retain');
  });
});

describe('the workgroup', () => {
  const workgroup = writer.only('AWS::Athena::WorkGroup').Properties;
  const configuration = workgroup['WorkGroupConfiguration'];

  test('sets its own rules above those of a client', () => {
    assert.equal(configuration.EnforceWorkGroupConfiguration, true);
    assert.equal(configuration.EngineVersion.SelectedEngineVersion, 'Athena engine version 3');
    assert.equal(configuration.PublishCloudWatchMetricsEnabled, true);
  });

  test('puts answers beside the readings, not among them, encrypted with the pattern’s key', () => {
    const { OutputLocation, EncryptionConfiguration: encryption } = configuration.ResultConfiguration;
    const bucket = { Ref: writer.idOf(bucketOf(writer)) };
    assert.deepEqual(OutputLocation, { 'Fn::Join': ['', ['s3://', bucket, '/athena-results/']] });
    assert.equal(encryption.EncryptionOption, 'SSE_KMS');
    isKey(writer, encryption.KmsKey);
  });

  test('ends a query that reads more than 100 GB, or than it is told', () => {
    assert.equal(configuration.BytesScannedCutoffPerQuery, 100e9);
    const told = (scannedCutoff: number) => {
      const template = new Synthesised(new TelemetryArchiveStack('stream', { scannedCutoff }));
      return template.only('AWS::Athena::WorkGroup').Properties['WorkGroupConfiguration'].BytesScannedCutoffPerQuery;
    };
    assert.equal(told(10_000_000), 10_000_000);
    assert.throws(() => told(9_999_999), /scannedCutoff is 9999999, but Athena takes no less than 10000000 bytes/);
  });
});

describe('on the local cloud', () => {
  for (const source of ['writer', 'stream'] as const) {
    const there = new Synthesised(new TelemetryArchiveStack(source));
    const here = new Synthesised(new TelemetryArchiveStack(source, { localCloud: true }));

    test(`nothing differs but the wait for a file and the mapping (${source})`, () => {
      assert.deepEqual(Object.keys(here.resources), Object.keys(there.resources));
      const text = (template: Synthesised, id: string) => JSON.stringify(template.resources[id]?.Properties);
      const changed = Object.keys(here.resources).filter((id) => text(here, id) !== text(there, id));
      const types = changed.map((id) => here.resources[id]?.Type).sort();
      const mapping = source === 'writer' ? ['AWS::Lambda::EventSourceMapping'] : [];
      assert.deepEqual(types, ['AWS::KinesisFirehose::DeliveryStream', ...mapping]);
      const { BufferingHints, ...rest } = destinationOf(here);
      assert.deepEqual(BufferingHints, { SizeInMBs: 128, IntervalInSeconds: 1 });
      assert.deepEqual({ BufferingHints: destinationOf(there).BufferingHints, ...rest }, destinationOf(there));
    });
  }
});
