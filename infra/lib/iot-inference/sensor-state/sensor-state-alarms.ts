import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';
import { METRICS_NAMESPACE } from '../../constructs/rust-function.ts';
import { BY_SITE } from './reading-tables.ts';

export interface SensorStateAlarmsProps {
  readonly apiId: string;
  readonly latest: dynamodb.ITable;
  readonly history: dynamodb.ITable;
  /** The log of `sensor-state-writer`. */
  readonly writerLog: logs.ILogGroup;
  readonly actions: readonly cloudwatch.IAlarmAction[];
}

/** What `sensor-state-writer` logs when a notification failed; a test holds its source to it. */
export const NOT_TOLD = 'subscribers were not told of every latest state';
/** Where it says so. */
export const NOT_TOLD_TARGET = 'sensor_state_writer::handler';

const NOT_TOLD_METRIC = 'SubscribersNotTold';

/**
 * What must not go unseen on the state of sensors, beside what every stream function has.
 *
 * AppSync's: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
 * DynamoDB's: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 *
 * A field that failed is an answer with status 200 to AppSync: what fails below a resolver is seen at the table.
 */
export class SensorStateAlarms extends Alarms {
  constructor(scope: Construct, id: string, private readonly props: SensorStateAlarmsProps) {
    super(scope, id, props.actions);
    const { latest, history } = props;
    this.watchApi();
    this.watchTable('Latest', latest, ['PutItem', 'GetItem', 'Query']);
    this.watchThrottles('LatestBySite', { TableName: latest.tableName, GlobalSecondaryIndexName: BY_SITE });
    this.watchTable('History', history, ['BatchWriteItem', 'Query']);
    this.watchNotifications();
  }

  private watchApi(): void {
    this.add('ApiErrors', {
      description: 'AppSync itself failed to answer.',
      metric: this.ofApi('5XXError', cloudwatch.Stats.SUM),
    });
    this.add('ApiLatency', {
      description: 'One in 100 callers waits for more than a second.',
      metric: this.ofApi('Latency', cloudwatch.Stats.percentile(99)),
      threshold: 1000,
      evaluationPeriods: 5,
    });
  }

  private watchTable(name: string, table: dynamodb.ITable, operations: readonly string[]): void {
    const { tableName } = table;
    this.watchThrottles(name, { TableName: tableName });
    for (const operation of operations) {
      this.add(`${name}${operation}Errors`, {
        description: `DynamoDB failed at ${operation}, for minutes.`,
        metric: ofTable('SystemErrors', { TableName: tableName, Operation: operation }),
        evaluationPeriods: 3,
      });
    }
  }

  /** The table's own events do not have its indexes'. */
  private watchThrottles(name: string, dimensions: Record<string, string>): void {
    this.add(`${name}WritesThrottled`, {
      description: 'DynamoDB throttles writes for minutes: a device, a sensor or a site is written too often, or the account’s quota is reached.',
      metric: ofTable('WriteThrottleEvents', dimensions),
      evaluationPeriods: 5,
    });
    this.add(`${name}ReadsThrottled`, {
      description: 'DynamoDB throttles queries for minutes.',
      metric: ofTable('ReadThrottleEvents', dimensions),
      evaluationPeriods: 5,
    });
  }

  private watchNotifications(): void {
    const namespace = `${METRICS_NAMESPACE}/${Stack.of(this).stackName}`;
    new logs.MetricFilter(this, 'NotTold', {
      logGroup: this.props.writerLog,
      filterPattern: logs.FilterPattern.stringValue('$.message', '=', NOT_TOLD),
      metricNamespace: namespace,
      metricName: NOT_TOLD_METRIC,
      metricValue: '1',
      dimensions: { Target: '$.target' },
    });
    this.add('SubscribersNotTold', {
      description: 'Subscribers are not told of latest states, for minutes: AppSync fails, or batches are too large.',
      metric: metric(namespace, NOT_TOLD_METRIC, cloudwatch.Stats.SUM, { Target: NOT_TOLD_TARGET }),
      evaluationPeriods: 5,
    });
  }

  private ofApi(metricName: string, statistic: string): cloudwatch.Metric {
    return metric('AWS/AppSync', metricName, statistic, { GraphQLAPIId: this.props.apiId });
  }
}

function ofTable(metricName: string, dimensions: Record<string, string>): cloudwatch.Metric {
  return metric('AWS/DynamoDB', metricName, cloudwatch.Stats.SUM, dimensions);
}
