import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';

export interface RestApiAlarmsProps {
  readonly apiName: string;
  readonly stageName: string;
  /** What 99 of 100 requests must stay below. */
  readonly latency: Duration;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/**
 * What must not go unseen on a REST API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
export class RestApiAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: RestApiAlarmsProps) {
    super(scope, id, props.actions);
    this.add('ServerErrors', {
      description: 'One of 100 requests is answered with 5xx.',
      // Its average is the share of the requests.
      metric: this.ofStage('5XXError', cloudwatch.Stats.AVERAGE),
      threshold: 0.01,
      evaluationPeriods: 3,
    });
    this.add('Latency', {
      description: 'One of 100 callers waits longer than it should.',
      metric: this.ofStage('Latency', cloudwatch.Stats.percentile(99)),
      threshold: props.latency.toMilliseconds(),
      evaluationPeriods: 5,
    });
  }

  private ofStage(metricName: string, statistic: string): cloudwatch.Metric {
    return metric('AWS/ApiGateway', metricName, statistic, { ApiName: this.props.apiName, Stage: this.props.stageName });
  }
}
