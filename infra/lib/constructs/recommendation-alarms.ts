import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';
import { METRICS_NAMESPACE } from './rust-function.ts';

export interface RecommendationAlarmsProps {
  readonly functionName: string;
  readonly serviceName: string;
  /** False where no alarm can be on an expression (the local cloud): the one on the share of fallbacks is left out. */
  readonly metricMath: boolean;
  /** The age of the popular items from which an alarm rings. */
  readonly popularAge: Duration;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/** Of 100 answers, as many may be fallbacks before an alarm rings. */
const FALLBACK_PERCENT = 5;

/** What must not go unseen on `recommendation-api`, which answers also when Personalize does not. */
export class RecommendationAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: RecommendationAlarmsProps) {
    super(scope, id, props.actions);
    this.add('Errors', {
      description: 'Invocations failed as a whole: a crash, a bad configuration, or popular items that were not fetched.',
      metric: metric('AWS/Lambda', 'Errors', cloudwatch.Stats.SUM, { FunctionName: props.functionName }),
    });
    this.add('BreakerOpened', {
      description: 'Personalize failed again and again: the breaker opened, and all answers are fallbacks.',
      metric: this.ofService('BreakerOpened', cloudwatch.Stats.SUM),
    });
    this.add('Throttled', {
      description: 'Personalize throttles for minutes: raise the transactions of the campaign or the quota.',
      metric: this.ofService('Throttled', cloudwatch.Stats.SUM),
      evaluationPeriods: 5,
    });
    this.add('PopularAge', {
      description: 'The popular items are old: they are fetched every few minutes, and the fetching fails.',
      metric: this.ofService('PopularAge', cloudwatch.Stats.MAXIMUM),
      threshold: props.popularAge.toSeconds(),
      // An environment that has slept for an hour knows old ones until it has read the table.
      evaluationPeriods: 3,
    });
    if (props.metricMath) this.addFallbackRate();
  }

  private addFallbackRate(): void {
    this.add('FallbackRate', {
      description: `More than ${FALLBACK_PERCENT} of 100 answers are fallbacks: Personalize is slow or fails.`,
      metric: new cloudwatch.MathExpression({
        // A minute without a fallback has no data for them.
        expression: '100 * FILL(fallbacks, 0) / requests',
        label: 'Fallbacks of 100 requests',
        usingMetrics: {
          fallbacks: this.ofService('Fallbacks', cloudwatch.Stats.SUM),
          requests: this.ofService('Requests', cloudwatch.Stats.SUM),
        },
        period: Duration.minutes(1),
      }),
      threshold: FALLBACK_PERCENT,
      evaluationPeriods: 3,
    });
  }

  private ofService(metricName: string, statistic: string): cloudwatch.Metric {
    const dimensions = { ServiceName: this.props.serviceName, FunctionName: this.props.functionName };
    return metric(METRICS_NAMESPACE, metricName, statistic, dimensions);
  }
}
