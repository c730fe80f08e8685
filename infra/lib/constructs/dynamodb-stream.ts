import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import type { StreamSource } from './stream-source.ts';

export interface DynamoDbStreamProps {
  /** A table with a stream. */
  readonly table: dynamodb.Table;
  /** What the table is encrypted with. */
  readonly encryptionKey: kms.IKey;
  /** How many shards to assume. */
  readonly assumedShards: number;
}

/**
 * How long a change can be read.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export const DYNAMODB_STREAM_RETENTION = Duration.hours(24);

/**
 * The partitions that a new on-demand table has: it takes 4,000 writes a second, and a partition 1,000. The stream has
 * about a shard for each.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
export const NEW_TABLE_PARTITIONS = 4;

/**
 * A table's own stream of changes. Its shards follow the table's partitions and are nobody's to set, so a number is
 * assumed. When the table grows past it, the function's reserved concurrency still holds: changes wait, and the alarms on
 * their age and on throttles tell. The age matters more than on a Kinesis stream, because after a day a change is gone.
 */
export class DynamoDbStream extends Construct implements StreamSource {
  readonly eventSourceArn: string;
  readonly shards: number;
  readonly retention = DYNAMODB_STREAM_RETENTION;
  private readonly encryptionKey: kms.IKey;

  constructor(scope: Construct, id: string, { table, encryptionKey, assumedShards }: DynamoDbStreamProps) {
    super(scope, id);
    const { tableStreamArn } = table;
    if (tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
    this.eventSourceArn = tableStreamArn;
    this.shards = assumedShards;
    this.encryptionKey = encryptionKey;
  }

  /**
   * All four actions, ListStreams too, on this stream: Lambda asks for them when the mapping is made.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
   */
  grantRead(reader: iam.IRole): void {
    reader.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [this.eventSourceArn],
      }),
    );
    reader.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.encryptionKey.keyArn] }),
    );
  }
}
