import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import type { RecordStream } from '../../constructs/record-stream.ts';
import type { StreamFunctionProps } from '../../constructs/stream-function.ts';
import type { StreamSource } from '../../constructs/stream-source.ts';
import { ArchiveBucket, READINGS_PREFIX } from './archive-bucket.ts';
import { ArchiveCatalog } from './archive-catalog.ts';
import { ArchiveDelivery } from './archive-delivery.ts';
import { ArchiveQueries } from './archive-queries.ts';
import type { ArchiveSource } from './archive-source.ts';
import { BUFFER_INTERVAL, bufferInterval } from './buffering.ts';
import { DeliveryAlarms } from './delivery-alarms.ts';
import { FirehoseWriter } from './firehose-writer.ts';

export interface TelemetryArchiveProps
  extends Omit<StreamFunctionProps, 'functionName' | 'environment' | 'toleratedOutage' | 'sharedLimits' | 'source'> {
  readonly archiveSource: ArchiveSource;
  /** How `firehose-writer` reads the stream. */
  readonly source: StreamSource;
  /** The stream, which Firehose reads itself where there is no function. */
  readonly stream: RecordStream;
  readonly localCloud: boolean;
  /** How long a partition collects readings for a file: one to 15 minutes. Five. One second on the local cloud. */
  readonly bufferInterval?: Duration;
  /** The oldest day that queries see, as 2026-11-25. The first of 2013. */
  readonly firstDay?: string;
  /** How much a query may read, in bytes. 100 GB. */
  readonly scannedCutoff?: number;
}

/** The archive of readings: the stream -> (`firehose-writer` ->) Firehose -> Parquet in S3, and its view in Athena. */
export class TelemetryArchive extends Construct {
  readonly bucket: ArchiveBucket;
  readonly catalog: ArchiveCatalog;
  readonly delivery: ArchiveDelivery;
  readonly queries: ArchiveQueries;
  /** None where Firehose reads the stream itself. */
  readonly writer: FirehoseWriter | undefined;

  constructor(scope: Construct, id: string, private readonly props: TelemetryArchiveProps) {
    super(scope, id);
    const { archiveSource, encryptionKey, localCloud } = props;
    this.bucket = new ArchiveBucket(this, 'ArchiveBucket', props);
    const location = `s3://${this.bucket.bucketName}/${READINGS_PREFIX}`;
    this.catalog = new ArchiveCatalog(this, 'Catalog', { location, firstDay: props.firstDay });
    this.delivery = new ArchiveDelivery(this, 'Delivery', {
      bucket: this.bucket,
      catalog: this.catalog,
      encryptionKey,
      stream: archiveSource === 'stream' ? props.stream : undefined,
      bufferInterval: bufferInterval(localCloud, props.bufferInterval),
    });
    const { bucket } = this;
    this.queries = new ArchiveQueries(this, 'Queries', { bucket, encryptionKey, scannedCutoff: props.scannedCutoff });
    this.writer = archiveSource === 'writer' ? this.createWriter() : undefined;
    this.watch();
  }

  /** What a stack says of it. */
  get outputs(): Readonly<Record<string, string | undefined>> {
    return {
      ArchiveSource: this.props.archiveSource,
      FirehoseWriterFunctionName: this.writer?.function.functionName,
      ArchiveDeadLetterBucketName: this.writer?.deadLetters.bucketName,
      ArchiveOnFailureBucketName: this.writer?.onFailure.bucketName,
      DeliveryStreamName: this.delivery.stream.ref,
      ArchiveBucketName: this.bucket.bucketName,
      ArchiveDatabaseName: this.catalog.databaseName,
      ArchiveTableName: this.catalog.tableName,
      ArchiveViewName: this.catalog.viewName,
      AthenaWorkGroupName: this.queries.name,
    };
  }

  private createWriter(): FirehoseWriter {
    return new FirehoseWriter(this, 'Writer', { ...this.props, delivery: this.delivery.stream });
  }

  private watch(): void {
    const { archiveSource, iteratorAgeAlarm, alarmActions } = this.props;
    new DeliveryAlarms(this, 'Alarms', {
      deliveryStreamName: this.delivery.stream.ref,
      logGroupName: this.delivery.logGroup.logGroupName,
      archiveSource,
      bufferInterval: this.props.bufferInterval ?? BUFFER_INTERVAL,
      iteratorAge: iteratorAgeAlarm ?? Duration.minutes(5),
      actions: alarmActions ?? [],
    });
  }
}
