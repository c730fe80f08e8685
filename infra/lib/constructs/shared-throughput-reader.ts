import type { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

import type { RecordStream } from './record-stream.ts';
import type { StreamSource } from './stream-source.ts';

/**
 * A stream read by polling: 2 MB/s and five reads a second per shard, shared by all that poll. It costs nothing beside the
 * shards, and is for what may wait: a consumer of its own is `EnhancedFanOutConsumer`.
 * https://docs.aws.amazon.com/streams/latest/dg/shared-throughput-consumers.html
 */
export class SharedThroughputReader extends Construct implements StreamSource {
  readonly eventSourceArn: string;
  readonly shards: number;
  readonly retention: Duration;

  constructor(scope: Construct, id: string, private readonly source: RecordStream) {
    super(scope, id);
    this.eventSourceArn = source.stream.streamArn;
    this.shards = source.shards;
    this.retention = source.retention;
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html */
  grantRead(reader: iam.IRole): void {
    reader.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [this.source.stream.streamArn],
      }),
    );
    reader.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.source.encryptionKey.keyArn] }),
    );
  }
}
