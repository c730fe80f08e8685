import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/**
 * How many shards the stream has, which bounds how many environments of a function run at once.
 *
 * An on-demand stream has as many as its traffic needs, so a number must be assumed. When the stream grows past it, the
 * function's reserved concurrency holds it to its share of each limit: records wait, and the alarm on their age tells.
 */
export type StreamCapacity =
  | { readonly mode: 'provisioned'; readonly shards: number }
  | { readonly mode: 'on-demand'; readonly assumedShards: number };

/**
 * The shards that a new on-demand stream starts with, at the least.
 * https://docs.aws.amazon.com/streams/latest/dg/how-do-i-size-a-stream.html
 */
export const ON_DEMAND_SHARDS = 4;

export interface RecordStreamProps {
  readonly capacity: StreamCapacity;
  /** How long records stay in the stream: 24 hours to 365 days. */
  readonly retention: Duration;
  readonly encryptionKey: kms.IKey;
}

/** A Kinesis data stream, encrypted, kept when its stack is deleted, and its capacity and retention for who reads it. */
export class RecordStream extends Construct {
  readonly stream: kinesis.Stream;
  readonly shards: number;
  readonly retention: Duration;
  readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, props: RecordStreamProps) {
    super(scope, id);
    this.shards = shards(props.capacity);
    this.retention = props.retention;
    this.encryptionKey = props.encryptionKey;
    this.stream = new kinesis.Stream(this, 'Stream', {
      ...mode(props.capacity),
      retentionPeriod: props.retention,
      encryption: kinesis.StreamEncryption.KMS,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(this.stream).acknowledge({
      id: 'AwsSolutions-KDS3',
      reason: "The pattern's own key, whose policy and use are the account's to see, in place of aws/kinesis.",
    });
  }
}

function mode(capacity: StreamCapacity): kinesis.StreamProps {
  return capacity.mode === 'provisioned'
    ? { streamMode: kinesis.StreamMode.PROVISIONED, shardCount: capacity.shards }
    : { streamMode: kinesis.StreamMode.ON_DEMAND };
}

function shards(capacity: StreamCapacity): number {
  if (capacity.mode === 'provisioned') return capacity.shards;
  if (capacity.assumedShards < ON_DEMAND_SHARDS) {
    throw new Error(
      `assumedShards is ${capacity.assumedShards}, but an on-demand stream starts with ${ON_DEMAND_SHARDS}`,
    );
  }
  return capacity.assumedShards;
}
