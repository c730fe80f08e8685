import { Duration } from 'aws-cdk-lib';
import type * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Construct } from 'constructs';

import { StreamFunction, type StreamFunctionProps } from '../../constructs/stream-function.ts';

export interface FirehoseWriterProps
  extends Omit<StreamFunctionProps, 'functionName' | 'environment' | 'toleratedOutage' | 'sharedLimits'> {
  /** Where the readings go. */
  readonly delivery: firehose.CfnDeliveryStream;
}

/** The crate of the writer. */
export const WRITER = 'firehose-writer';

/** Four calls of PutRecordBatch. Should so many readings be more than the 6 MB of an invocation, Lambda takes fewer. */
const BATCH_SIZE = 2_000;

/** The archive is minutes behind in any case, and larger batches are fewer invocations. */
const BATCHING_WINDOW = Duration.seconds(5);

/** The function `firehose-writer`: readings on the stream -> Firehose. */
export class FirehoseWriter extends StreamFunction {
  constructor(scope: Construct, id: string, props: FirehoseWriterProps) {
    super(scope, id, {
      ...props,
      functionName: WRITER,
      batchSize: props.batchSize ?? BATCH_SIZE,
      batchingWindow: props.batchingWindow ?? BATCHING_WINDOW,
      environment: { DELIVERY_STREAM_NAME: props.delivery.ref },
    });
    this.allow(['firehose:PutRecordBatch'], [props.delivery.attrArn]);
  }
}
