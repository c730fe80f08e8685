import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';

/**
 * What must not go unseen on a stream, whoever writes to it.
 * https://docs.aws.amazon.com/streams/latest/dg/monitoring-with-cloudwatch.html
 */
export class RecordStreamAlarms extends Alarms {
  constructor(scope: Construct, id: string, streamName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    this.add('WriteThrottled', {
      description: 'Shards refuse records, and writers send them again: there are too few, or one key gets too much.',
      metric: metric('AWS/Kinesis', 'WriteProvisionedThroughputExceeded', cloudwatch.Stats.SUM, { StreamName: streamName }),
      evaluationPeriods: 3,
    });
  }
}
