import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';
import { METRICS_NAMESPACE } from './rust-function.ts';

export interface WarehouseAlarmsProps {
  readonly functionName: string;
  readonly serviceName: string;
  /** The streaming views, as `schema.view`: each has metrics of its own. */
  readonly views: readonly string[];
  /** How old a view may be. */
  readonly freshness: Duration;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/** What must not go unseen on the streaming views, which keep quiet about what they could not read. */
export class WarehouseAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: WarehouseAlarmsProps) {
    super(scope, id, props.actions);
    this.add('Errors', {
      description: 'The warehouse was not looked at: it did not answer, or the monitor failed.',
      metric: metric('AWS/Lambda', 'Errors', cloudwatch.Stats.SUM, { FunctionName: props.functionName }),
      evaluationPeriods: 3,
    });
    for (const view of props.views) this.watch(view);
  }

  private watch(view: string): void {
    this.add(`Freshness-${view}`, {
      description: `${view} is old, or nobody measures it: what dashboards show is not what the orders are.`,
      metric: this.ofService('ViewFreshness', view, cloudwatch.Stats.MAXIMUM),
      threshold: this.props.freshness.toSeconds(),
      evaluationPeriods: 5,
      // It is measured each minute, orders or none: silence is a fault.
      missing: cloudwatch.TreatMissingData.BREACHING,
    });
    this.add(`MonitorFailures-${view}`, {
      description: `The monitor could not look at ${view}, minutes in a row: it is gone, or the monitor may not read it.`,
      metric: this.ofService('MonitorFailures', view, cloudwatch.Stats.SUM),
      evaluationPeriods: 3,
    });
    this.add(`ScanErrors-${view}`, {
      description: `The warehouse could not read records of the stream into ${view}: see SYS_STREAM_SCAN_ERRORS.`,
      metric: this.ofService('ScanErrors', view, cloudwatch.Stats.SUM),
    });
    this.add(`FailedPayloads-${view}`, {
      description: `${view} got records that are no JSON: they are in its column failed_payload.`,
      metric: this.ofService('FailedPayloads', view, cloudwatch.Stats.SUM),
    });
  }

  private ofService(metricName: string, view: string, statistic: string): cloudwatch.Metric {
    const { serviceName, functionName } = this.props;
    const dimensions = { ServiceName: serviceName, FunctionName: functionName, View: view };
    return metric(METRICS_NAMESPACE, metricName, statistic, dimensions);
  }
}
