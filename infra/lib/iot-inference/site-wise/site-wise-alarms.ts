import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';

/**
 * What must not go unseen on the way into AWS IoT SiteWise.
 * https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
export class SiteWiseAlarms extends Alarms {
  constructor(scope: Construct, id: string, ruleName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    const ofAction = (metricName: string, ActionType: string) =>
      metric('AWS/IoT', metricName, cloudwatch.Stats.SUM, { RuleName: ruleName, ActionType });
    this.add('NotTaken', {
      description: 'AWS IoT SiteWise does not take readings: too old, ahead, or throttled. They are in the error bucket.',
      metric: ofAction('Failure', 'IoTSiteWise'),
    });
    this.add('Lost', {
      description: 'Readings are missing in AWS IoT SiteWise, and the bucket of the error action does not take them.',
      metric: ofAction('ErrorActionFailure', 'S3'),
    });
  }
}
