import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms } from './alarms.ts';

/**
 * What must not go unseen on a table that sends its changes to Kinesis itself.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_using-shards-and-metrics.html
 *
 * The metrics have a dimension `DelegatedOperation` whose values the documents do not list, and an alarm with a wrong one
 * would never ring: so they are queried by table. They can be neither on the local cloud, which takes no expressions.
 */
export class ChangeCaptureAlarms extends Alarms {
  constructor(
    scope: Construct,
    id: string,
    private readonly tableName: string,
    actions: readonly cloudwatch.IAlarmAction[],
  ) {
    super(scope, id, actions);
    this.add('CaptureAge', {
      description: 'Changes of the table wait for the stream: DynamoDB gives up those that wait for a day.',
      metric: this.query('MAX', 'AgeOfOldestUnreplicatedRecord'),
      threshold: Duration.minutes(5).toMilliseconds(),
      evaluationPeriods: 3,
    });
    this.add('CaptureLost', {
      description: 'DynamoDB could not send changes of the table to the stream, and gave them up.',
      metric: this.query('SUM', 'FailedToReplicateRecordCount'),
    });
    this.add('CaptureThrottled', {
      description: 'The stream throttles DynamoDB for minutes: it has too few shards.',
      metric: this.query('SUM', 'ThrottledPutRecordCount'),
      evaluationPeriods: 5,
    });
  }

  private query(statistic: string, metricName: string): cloudwatch.MathExpression {
    const from = 'SCHEMA("AWS/DynamoDB", TableName, DelegatedOperation)';
    return new cloudwatch.MathExpression({
      expression: `SELECT ${statistic}(${metricName}) FROM ${from} WHERE TableName = '${this.tableName}'`,
      label: metricName,
      usingMetrics: {},
      period: Duration.minutes(1),
    });
  }
}
