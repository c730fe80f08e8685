import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';
import type { ArchiveSource } from './archive-source.ts';

export interface DeliveryAlarmsProps {
  readonly deliveryStreamName: string;
  readonly logGroupName: string;
  readonly archiveSource: ArchiveSource;
  /** How long a partition collects readings for a file. */
  readonly bufferInterval: Duration;
  /** The age of the oldest waiting record from which an alarm rings, where Firehose reads the stream itself. */
  readonly iteratorAge: Duration;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/**
 * As many partitions as a Firehose stream writes to at once; what belongs to others goes to the error prefix. Adjustable.
 * https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
 */
export const ACTIVE_PARTITIONS = 500;

/**
 * With partitions a reading waits for one and a half of a buffer's time; from the double of it an alarm rings.
 * https://docs.aws.amazon.com/firehose/latest/dev/buffering.html
 */
const FRESHNESS_INTERVALS = 3;

/** Of 100 partitions, as many may be in use before an alarm rings. */
const PARTITIONS_PERCENT = 80;

/**
 * What must not go unseen on the way into the archive.
 * https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 *
 * Most metrics have data only when something is delivered, once in a buffer's time: a row of minutes would never be full.
 */
export class DeliveryAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: DeliveryAlarmsProps) {
    super(scope, id, props.actions);
    this.watchDelivery();
    this.watchPartitions();
    if (props.archiveSource === 'writer') this.watchPuts();
    else this.watchReading(props.iteratorAge);
  }

  private watchDelivery(): void {
    this.add('Freshness', {
      description: 'Readings wait longer than they should before they are in the archive.',
      metric: this.ofDelivery('DeliveryToS3.DataFreshness', cloudwatch.Stats.MAXIMUM),
      threshold: this.props.bufferInterval.toSeconds() * FRESHNESS_INTERVALS,
    });
    this.addBelow('Failures', {
      description: 'The bucket refuses objects of the archive: look at its key, its policy, and the log.',
      // The puts that succeeded over all puts.
      metric: this.ofDelivery('DeliveryToS3.Success', cloudwatch.Stats.AVERAGE),
      threshold: 1,
    });
    this.add('NotConverted', {
      description: 'Readings do not fit the columns of the archive: they are in the error prefix.',
      metric: this.ofDelivery('FailedConversion.Records', cloudwatch.Stats.SUM),
    });
    this.add('Errors', {
      description: 'Firehose logged an error: a record without day or site, or one that could not be delivered.',
      // There is no metric of records without a partition key; but Firehose logs its errors, and nothing else.
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
      metric: metric('AWS/Logs', 'IncomingLogEvents', cloudwatch.Stats.SUM, { LogGroupName: this.props.logGroupName }),
    });
  }

  private watchPartitions(): void {
    this.add('Partitions', {
      description: `More than ${PARTITIONS_PERCENT} of 100 days and sites at once that the quota allows: have it raised.`,
      metric: this.ofDelivery('PartitionCount', cloudwatch.Stats.MAXIMUM),
      threshold: (ACTIVE_PARTITIONS * PARTITIONS_PERCENT) / 100,
    });
    this.add('PartitionsExceeded', {
      description: 'Too many days and sites at once: readings went to the error prefix.',
      metric: this.ofDelivery('PartitionCountExceeded', cloudwatch.Stats.MAXIMUM),
    });
  }

  private watchPuts(): void {
    this.add('Throttled', {
      description: 'Firehose refuses readings for minutes: the quota of direct puts is too low.',
      metric: this.ofDelivery('ThrottledRecords', cloudwatch.Stats.SUM),
      evaluationPeriods: 5,
    });
  }

  private watchReading(iteratorAge: Duration): void {
    this.add('Behind', {
      description: 'Firehose is behind on the stream.',
      metric: this.ofDelivery('KinesisMillisBehindLatest', cloudwatch.Stats.MAXIMUM),
      threshold: iteratorAge.toMilliseconds(),
      evaluationPeriods: 3,
    });
    this.add('ReadThrottled', {
      description: 'The stream throttles Firehose for minutes: too many others read without a consumer of their own.',
      metric: this.ofDelivery('ThrottledGetRecords', cloudwatch.Stats.SUM),
      evaluationPeriods: 5,
    });
  }

  /** Rings below the threshold, where the others ring from it on. */
  private addBelow(id: string, alarm: { description: string; metric: cloudwatch.IMetric; threshold: number }): void {
    const added = new cloudwatch.Alarm(this, id, {
      alarmDescription: alarm.description,
      metric: alarm.metric,
      threshold: alarm.threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    added.addAlarmAction(...this.props.actions);
  }

  private ofDelivery(metricName: string, statistic: string): cloudwatch.Metric {
    return metric('AWS/Firehose', metricName, statistic, { DeliveryStreamName: this.props.deliveryStreamName });
  }
}
