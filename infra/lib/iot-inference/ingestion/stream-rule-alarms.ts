import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';

/**
 * What must not go unseen between a topic and its stream.
 * https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
export class StreamRuleAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly ruleName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    this.add('NotDelivered', {
      description: 'The stream does not take messages: they are in the bucket of the error action, and can be put again.',
      metric: this.ofAction('Failure', 'Kinesis'),
    });
    this.add('Lost', {
      description: 'Messages are lost: neither the stream nor the bucket of the error action takes them.',
      metric: this.ofAction('ErrorActionFailure', 'S3'),
    });
    this.add('Throttled', {
      description: 'AWS IoT throttles the rule: the quota of rule evaluations is too low.',
      metric: metric('AWS/IoT', 'RuleMessageThrottled', cloudwatch.Stats.SUM, { RuleName: ruleName }),
    });
  }

  private ofAction(metricName: string, ActionType: string): cloudwatch.Metric {
    return metric('AWS/IoT', metricName, cloudwatch.Stats.SUM, { RuleName: this.ruleName, ActionType });
  }
}
