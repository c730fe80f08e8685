import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface AlarmOn {
  readonly description: string;
  readonly metric: cloudwatch.IMetric;
  /** 1. */
  readonly threshold?: number;
  /** Minutes in a row. 1. */
  readonly evaluationPeriods?: number;
  /** What a minute without data means: by default nothing, since without traffic there is none. */
  readonly missing?: cloudwatch.TreatMissingData;
}

/**
 * The alarms on one thing. Every metric is named with the dimensions under which it is published: an alarm without them
 * watches a metric that does not exist, and never rings.
 */
export abstract class Alarms extends Construct {
  constructor(scope: Construct, id: string, private readonly actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id);
  }

  protected add(id: string, alarm: AlarmOn): void {
    const added = new cloudwatch.Alarm(this, id, {
      alarmDescription: alarm.description,
      metric: alarm.metric,
      threshold: alarm.threshold ?? 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: alarm.evaluationPeriods ?? 1,
      treatMissingData: alarm.missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    added.addAlarmAction(...this.actions);
  }
}

/** A metric of one minute. */
export function metric(
  namespace: string,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string>,
): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace, metricName, statistic, dimensionsMap, period: Duration.minutes(1) });
}
