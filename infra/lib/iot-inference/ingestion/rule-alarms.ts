import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';

export interface RuleAlarmsProps {
  readonly ruleName: string;
  /** Where the rule's messages go, in the words of the alarm. */
  readonly target: string;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/**
 * What must not go unseen between a topic and the target of its rule.
 * https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
export class RuleAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: RuleAlarmsProps) {
    super(scope, id, props.actions);
    const { ruleName, target } = props;
    this.add('NotDelivered', {
      description: `${target} does not take messages: they are in the bucket of the error action, and can be put again.`,
      metric: this.ofEveryAction('Failure'),
    });
    this.add('Lost', {
      description: `Messages are lost: neither ${target} nor the bucket of the error action takes them.`,
      metric: this.ofEveryAction('ErrorActionFailure'),
    });
    this.add('Throttled', {
      description: 'AWS IoT throttles the rule: the quota of rule evaluations is too low.',
      metric: metric('AWS/IoT', 'RuleMessageThrottled', cloudwatch.Stats.SUM, { RuleName: ruleName }),
    });
  }

  /**
   * The metrics of actions have a dimension ActionType besides, whose values no page lists: a query sums over all of them,
   * where an alarm on a value that is never published would never ring.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html
   */
  private ofEveryAction(metricName: string): cloudwatch.IMetric {
    const from = 'SCHEMA("AWS/IoT", ActionType, RuleName)';
    return new cloudwatch.MathExpression({
      expression: `SELECT SUM(${metricName}) FROM ${from} WHERE RuleName = '${this.props.ruleName}'`,
      label: metricName,
      period: Duration.minutes(1),
      usingMetrics: {},
    });
  }
}
