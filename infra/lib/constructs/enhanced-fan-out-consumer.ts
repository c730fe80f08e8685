import { readFileSync } from 'node:fs';
import * as path from 'node:path';

import { CustomResource, type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { RecordStream } from './record-stream.ts';
import type { StreamSource } from './stream-source.ts';

export interface EnhancedFanOutConsumerProps {
  readonly source: RecordStream;
  /** The consumer's name, unique on its stream. */
  readonly consumerName: string;
  /** Register the consumer with a function: the local cloud's CloudFormation has no type for it. */
  readonly localCloud: boolean;
}

/**
 * A registered consumer of a stream, with read throughput of its own: 2 MB/s per shard, whoever else reads.
 * https://docs.aws.amazon.com/streams/latest/dg/enhanced-consumers.html
 */
export class EnhancedFanOutConsumer extends Construct implements StreamSource {
  /** The consumer's ARN, not the stream's: with the stream's a mapping would poll the shared throughput. */
  readonly eventSourceArn: string;
  readonly shards: number;
  readonly retention: Duration;
  private readonly source: RecordStream;

  constructor(scope: Construct, id: string, props: EnhancedFanOutConsumerProps) {
    super(scope, id);
    this.source = props.source;
    this.shards = props.source.shards;
    this.retention = props.source.retention;
    this.eventSourceArn = props.localCloud ? registerByFunction(this, props) : register(this, props);
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
      new iam.PolicyStatement({
        actions: ['kinesis:DescribeStreamConsumer', 'kinesis:SubscribeToShard'],
        resources: [this.eventSourceArn],
      }),
    );
    reader.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [this.source.encryptionKey.keyArn] }),
    );
  }
}

function register(scope: Construct, { source, consumerName }: EnhancedFanOutConsumerProps): string {
  const consumer = new kinesis.CfnStreamConsumer(scope, 'Consumer', { consumerName, streamArn: source.stream.streamArn });
  return consumer.attrConsumerArn;
}

const REGISTER_CONSUMER = path.join(import.meta.dirname, 'register_consumer.py');

function registerByFunction(scope: Construct, { source, consumerName }: EnhancedFanOutConsumerProps): string {
  const registrar = new lambda.Function(scope, 'Registrar', {
    description: 'Registers the enhanced fan-out consumer on the local cloud',
    runtime: lambda.Runtime.PYTHON_3_14,
    handler: 'index.handler',
    code: lambda.Code.fromInline(readFileSync(REGISTER_CONSUMER, 'utf8')),
  });
  const consumer = new CustomResource(scope, 'Consumer', {
    resourceType: 'Custom::StreamConsumer',
    serviceToken: registrar.functionArn,
    properties: { StreamARN: source.stream.streamArn, ConsumerName: consumerName },
  });
  return consumer.getAttString('ConsumerARN');
}
