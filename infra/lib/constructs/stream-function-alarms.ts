import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';

export interface StreamFunctionAlarmsProps {
  readonly functionName: string;
  readonly serviceName: string;
  readonly mappingId: string;
  readonly metricsNamespace: string;
  /** The age of the oldest waiting record from which the alarm rings. */
  readonly iteratorAge: Duration;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/**
 * What must not go unseen on a stream function.
 *
 * Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * Ours: `crates/telemetry-emf`.
 */
export class StreamFunctionAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: StreamFunctionAlarmsProps) {
    super(scope, id, props.actions);
    this.add('IteratorAge', {
      description: 'Records wait longer than they should: the function or its sink is too slow or fails.',
      metric: this.ofFunction('IteratorAge', cloudwatch.Stats.MAXIMUM),
      threshold: props.iteratorAge.toMilliseconds(),
      evaluationPeriods: 3,
    });
    this.add('Rejected', {
      description: 'Records that never succeed went to the dead-letter bucket.',
      metric: this.ofService('RecordsRejected'),
    });
    this.add('LanePanics', {
      description: 'The function panicked on a record: a defect. The records of its key wait.',
      metric: this.ofService('LanePanics'),
    });
    this.add('Dropped', {
      description: 'Lambda gave records up.',
      metric: this.ofMapping('DroppedEventCount'),
    });
    this.add('OnFailure', {
      description: 'Lambda wrote records that it gave up to the on-failure bucket.',
      metric: this.ofMapping('OnFailureDestinationDeliveredEventCount'),
    });
    this.add('OnFailureLost', {
      description: 'Lambda could not write records that it gave up to the on-failure bucket.',
      metric: this.ofFunction('DestinationDeliveryFailures', cloudwatch.Stats.SUM),
    });
    this.add('Errors', {
      description: 'Invocations failed as a whole: a crash, a time-out, or a bad configuration.',
      metric: this.ofFunction('Errors', cloudwatch.Stats.SUM),
    });
    this.add('Throttles', {
      description: 'More batches want to run than the reserved concurrency allows: the stream has more shards than assumed.',
      metric: this.ofFunction('Throttles', cloudwatch.Stats.SUM),
      evaluationPeriods: 5,
    });
  }

  private ofFunction(metricName: string, statistic: string): cloudwatch.Metric {
    return metric('AWS/Lambda', metricName, statistic, { FunctionName: this.props.functionName });
  }

  /** What `EventCount` of the mapping's metrics configuration switches on. */
  private ofMapping(metricName: string): cloudwatch.Metric {
    const dimensions = { EventSourceMappingUUID: this.props.mappingId };
    return metric('AWS/Lambda', metricName, cloudwatch.Stats.SUM, dimensions);
  }

  private ofService(metricName: string): cloudwatch.Metric {
    const dimensions = { ServiceName: this.props.serviceName, FunctionName: this.props.functionName };
    return metric(this.props.metricsNamespace, metricName, cloudwatch.Stats.SUM, dimensions);
  }
}
