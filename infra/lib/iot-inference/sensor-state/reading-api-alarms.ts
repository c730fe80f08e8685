import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';

/** A field reads one page of one table. */
const SLOW = Duration.seconds(1);

/**
 * What must not go unseen on the API.
 * https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
 */
export class ReadingApiAlarms extends Alarms {
  constructor(scope: Construct, id: string, apiId: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    const ofApi = (name: string, statistic: string) => metric('AWS/AppSync', name, statistic, { GraphQLAPIId: apiId });
    this.add('Errors', {
      description: 'The API fails for minutes: look at what its roles may do, and at the tables.',
      metric: ofApi('5XXError', cloudwatch.Stats.SUM),
      evaluationPeriods: 3,
    });
    this.add('Slow', {
      description: 'The API takes longer than a second on average for minutes.',
      metric: ofApi('Latency', cloudwatch.Stats.AVERAGE),
      threshold: SLOW.toMilliseconds(),
      evaluationPeriods: 5,
    });
  }
}
