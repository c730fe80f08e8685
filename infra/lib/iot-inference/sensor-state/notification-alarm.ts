import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { Alarms } from '../../constructs/alarms.ts';
import { METRICS_NAMESPACE } from '../../constructs/rust-function.ts';

/** The field of the warning with which the writer tells that subscribers missed something. */
const FAILED = 'notifications.failed';

/** Rings when the writer cannot tell subscribers for minutes: their state is written, and they do not learn of it. */
export class NotificationAlarm extends Alarms {
  constructor(scope: Construct, id: string, logGroup: logs.ILogGroup, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    const filter = new logs.MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: logs.FilterPattern.anyTerm(FAILED),
      // A metric of a filter has no dimension: without the stack's name, two stacks of an account would share it.
      metricNamespace: `${METRICS_NAMESPACE}/${Stack.of(this).stackName}`,
      metricName: 'BatchesNotPublished',
      metricValue: '1',
    });
    this.add('NotPublished', {
      description: `Subscribers are not told of readings: the writer's log has ${FAILED} with the reason.`,
      metric: filter.metric({ statistic: cloudwatch.Stats.SUM, period: Duration.minutes(1) }),
      evaluationPeriods: 3,
    });
  }
}
