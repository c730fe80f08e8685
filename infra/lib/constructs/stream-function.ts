import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import { PayloadBucket } from './payload-bucket.ts';
import { quotaShare } from './quota-share.ts';
import { maximumRecordAge } from './record-age.ts';
import { METRICS_NAMESPACE, RustFunction, type RustFunctionProps } from './rust-function.ts';
import { StreamFunctionAlarms } from './stream-function-alarms.ts';
import type { StreamSource } from './stream-source.ts';

export interface StreamFunctionProps extends Omit<RustFunctionProps, 'timeout' | 'memorySize' | 'reservedConcurrency'> {
  readonly source: StreamSource;
  /** Gets the access logs of the function's buckets. */
  readonly accessLogs: s3.IBucket;
  /** False where something else than Lambda runs the mapping. */
  readonly mappingEnabled: boolean;
  /** Limits that all environments share, by the variable that tells each environment its share. */
  readonly sharedLimits?: Readonly<Record<string, number>>;
  /** How long the sink may be down before records leave for the on-failure destination. One day. */
  readonly toleratedOutage?: Duration;
  /** Batches of one shard that run at once, 1 to 10; the order within a partition key holds. 2. */
  readonly parallelizationFactor?: number;
  /** Records in a batch, 1 to 10,000. 500. */
  readonly batchSize?: number;
  /** How long to wait for a batch to fill, 0 to 300 s. One second. */
  readonly batchingWindow?: Duration;
  /** One minute. */
  readonly timeout?: Duration;
  /** In MiB. 256. */
  readonly memorySize?: number;
  /** The age of the oldest waiting record from which an alarm rings. Five minutes. */
  readonly iteratorAgeAlarm?: Duration;
  /** What every alarm does. */
  readonly alarmActions?: readonly cloudwatch.IAlarmAction[];
}

/** The function's own store for records that will never succeed, as `dead-letter-store` writes it. */
const DEAD_LETTER_PREFIX = 'dead-letters';

/**
 * Where Lambda writes the batches that it gave up.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
const ON_FAILURE_PREFIX = 'aws/lambda';

/**
 * A Rust function on a stream that loses nothing: what is worth retrying is retried until shortly before it would leave
 * the stream, what never succeeds goes to the dead-letter bucket, what Lambda gives up goes to the on-failure bucket,
 * and an alarm rings for each.
 */
export class StreamFunction extends RustFunction {
  readonly mapping: lambda.CfnEventSourceMapping;
  /** Records that the function rejected, with the reason. */
  readonly deadLetters: s3.Bucket;
  /** Batches that Lambda gave up, with their payload. */
  readonly onFailure: s3.Bucket;
  readonly alarms: StreamFunctionAlarms;
  /** How many environments can run at once: the shards times the parallelization factor. */
  readonly concurrency: number;

  constructor(scope: Construct, id: string, props: StreamFunctionProps) {
    const parallelizationFactor = props.parallelizationFactor ?? 2;
    const concurrency = props.source.shards * parallelizationFactor;
    super(scope, id, {
      ...props,
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: props.memorySize ?? 256,
      environment: { ...shares(props.sharedLimits ?? {}, concurrency), ...props.environment },
      // The share of each limit counts on it, also when an on-demand stream grows or shards are split.
      reservedConcurrency: concurrency,
    });
    this.concurrency = concurrency;
    this.deadLetters = new PayloadBucket(this, 'DeadLetters', props);
    this.onFailure = new PayloadBucket(this, 'OnFailure', props);
    this.function.addEnvironment('DEAD_LETTER_BUCKET', this.deadLetters.bucketName);
    this.function.addEnvironment('DEAD_LETTER_PREFIX', DEAD_LETTER_PREFIX);
    this.grant(props);
    this.mapping = this.map(props, parallelizationFactor);
    this.alarms = new StreamFunctionAlarms(this, 'Alarms', {
      functionName: this.function.functionName,
      serviceName: props.functionName,
      mappingId: this.mapping.ref,
      metricsNamespace: METRICS_NAMESPACE,
      iteratorAge: props.iteratorAgeAlarm ?? Duration.minutes(5),
      actions: props.alarmActions ?? [],
    });
  }

  private grant(props: StreamFunctionProps): void {
    props.source.grantRead(this.role);
    this.grantPut(this.deadLetters, DEAD_LETTER_PREFIX);
    this.grantPut(this.onFailure, ON_FAILURE_PREFIX);
    // Lambda asks for it besides PutObject before it accepts a bucket as destination.
    this.allow(['s3:ListBucket'], [this.onFailure.bucketArn]);
    this.allow(['kms:GenerateDataKey'], [props.encryptionKey.keyArn]);
  }

  private grantPut(bucket: s3.Bucket, prefix: string): void {
    this.allow(['s3:PutObject'], [bucket.arnForObjects(`${prefix}/*`)]);
    const logicalId = Stack.of(this).getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}/*]`,
      reason: 'The keys of objects to come are not known; the bucket and the prefix are.',
    });
  }

  private map(props: StreamFunctionProps, parallelizationFactor: number): lambda.CfnEventSourceMapping {
    const age = maximumRecordAge(props.source.retention, props.toleratedOutage ?? Duration.days(1));
    const mapping = new lambda.CfnEventSourceMapping(this, 'Mapping', {
      functionName: this.function.functionName,
      eventSourceArn: props.source.eventSourceArn,
      enabled: props.mappingEnabled,
      startingPosition: 'TRIM_HORIZON',
      batchSize: props.batchSize ?? 500,
      maximumBatchingWindowInSeconds: (props.batchingWindow ?? Duration.seconds(1)).toSeconds(),
      parallelizationFactor,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // The function sets poison apart itself. A bounded number of retries would give healthy batches up when the sink
      // is down for some minutes; so only age ends them, and splitting serves batches that crash the function.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: age.toSeconds(),
      bisectBatchOnFunctionError: true,
      destinationConfig: { onFailure: { destination: this.onFailure.bucketArn } },
      // A reported failure is not an error of the function: without these metrics dropped records are invisible.
      metricsConfig: { metrics: ['EventCount'] },
    });
    // Lambda tries the role's permissions when the mapping is created.
    mapping.node.addDependency(this.role);
    return mapping;
  }
}

/** What one environment may use of each limit, by the variable that tells it. */
function shares(limits: Readonly<Record<string, number>>, concurrency: number): Record<string, string> {
  return Object.fromEntries(
    Object.entries(limits).map(([variable, limit]) => [variable, String(quotaShare(variable, limit, concurrency))]),
  );
}
