import { Aws, Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { RecordStream } from '../../constructs/record-stream.ts';
import { type ArchiveBucket, ERRORS_PREFIX, READINGS_PREFIX } from './archive-bucket.ts';
import type { ArchiveCatalog } from './archive-catalog.ts';
import { DeliveryRole } from './delivery-role.ts';

export interface ArchiveDeliveryProps {
  readonly bucket: ArchiveBucket;
  readonly catalog: ArchiveCatalog;
  readonly encryptionKey: kms.IKey;
  /** The stream that Firehose reads itself; without it, somebody puts. */
  readonly stream: RecordStream | undefined;
  /** How long a partition's readings are collected for one file. */
  readonly bufferInterval: Duration;
}

/** What a partition collects before it becomes a file: the most, since large files are read fastest. 64 is the least. */
const BUFFER_SIZE = Size.mebibytes(128);

/** How long Firehose tries to deliver to a partition before the readings go to the error prefix: the longest. */
const RETRY_DURATION = Duration.hours(2);

/**
 * The partition keys of a record, by jq 1.6.
 * https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-partitioning-keys.html
 */
const PARTITION_KEYS = '{day:.measuredAt[0:10],site:.site}';

const PREFIX = `${READINGS_PREFIX}day=!{partitionKeyFromQuery:day}/site=!{partitionKeyFromQuery:site}/`;

/** It can have no partition keys: what is there may have none. */
const ERROR_PREFIX = `${ERRORS_PREFIX}!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/`;

/** A Firehose stream: lines of JSON in, Parquet by day and site out. */
export class ArchiveDelivery extends Construct {
  readonly stream: firehose.CfnDeliveryStream;
  /** What Firehose says of what it could not deliver. */
  readonly logGroup: logs.LogGroup;
  private readonly logStream: logs.LogStream;
  private readonly role: DeliveryRole;

  constructor(scope: Construct, id: string, private readonly props: ArchiveDeliveryProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.ONE_MONTH,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.logStream = new logs.LogStream(this, 'LogStream', {
      logGroup: this.logGroup,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new DeliveryRole(this, 'Role', { ...props, logGroup: this.logGroup, logStream: this.logStream });
    this.stream = new firehose.CfnDeliveryStream(this, 'Stream', {
      ...this.source(),
      extendedS3DestinationConfiguration: this.destination(),
    });
    // Firehose tries the role's permissions when the stream is created.
    this.stream.node.addDependency(this.role);
    this.stream.addResourceDependency(props.catalog.table);
  }

  private source(): firehose.CfnDeliveryStreamProps {
    const { stream, encryptionKey } = this.props;
    if (stream === undefined) {
      return {
        deliveryStreamType: 'DirectPut',
        deliveryStreamEncryptionConfigurationInput: { keyType: 'CUSTOMER_MANAGED_CMK', keyArn: encryptionKey.keyArn },
      };
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-KDF1',
      reason:
        'Firehose keeps nothing of a Kinesis source, which is encrypted itself, and refuses a key for it: ' +
        'https://docs.aws.amazon.com/firehose/latest/dev/encryption.html',
    });
    return {
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: stream.stream.streamArn, roleArn: this.role.roleArn },
    };
  }

  private destination(): firehose.CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty {
    const { bucket, encryptionKey, bufferInterval } = this.props;
    return {
      bucketArn: bucket.bucketArn,
      roleArn: this.role.roleArn,
      prefix: PREFIX,
      errorOutputPrefix: ERROR_PREFIX,
      bufferingHints: { sizeInMBs: BUFFER_SIZE.toMebibytes(), intervalInSeconds: bufferInterval.toSeconds() },
      // Parquet compresses itself, and Firehose then refuses to do so again.
      compressionFormat: 'UNCOMPRESSED',
      encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: encryptionKey.keyArn } },
      dynamicPartitioningConfiguration: {
        enabled: true,
        retryOptions: { durationInSeconds: RETRY_DURATION.toSeconds() },
      },
      processingConfiguration: { enabled: true, processors: [partitioning()] },
      dataFormatConversionConfiguration: this.conversion(),
      cloudWatchLoggingOptions: {
        enabled: true,
        logGroupName: this.logGroup.logGroupName,
        logStreamName: this.logStream.logStreamName,
      },
    };
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html */
  private conversion(): firehose.CfnDeliveryStream.DataFormatConversionConfigurationProperty {
    const { databaseName, tableName } = this.props.catalog;
    return {
      enabled: true,
      schemaConfiguration: {
        catalogId: Aws.ACCOUNT_ID,
        region: Aws.REGION,
        databaseName,
        tableName,
        // A column that is added is filled from the next file on.
        versionId: 'LATEST',
        roleArn: this.role.roleArn,
      },
      // JSON's `readingId` is Hive's `readingid`.
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: true } } },
      outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
    };
  }
}

/**
 * Finds the partition keys. Nothing more is needed, whoever puts: Parquet is made of objects, with or without a line feed
 * between (AppendDelimiterToRecord), a record holds one (RecordDeAggregation), and what the KPL aggregated Firehose takes
 * apart by itself: https://docs.aws.amazon.com/streams/latest/dev/kpl-with-firehose.html
 */
function partitioning(): firehose.CfnDeliveryStream.ProcessorProperty {
  return {
    type: 'MetadataExtraction',
    parameters: [
      { parameterName: 'MetadataExtractionQuery', parameterValue: PARTITION_KEYS },
      { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
    ],
  };
}
