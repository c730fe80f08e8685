import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../../constructs/alarms.ts';

/** As a metric names a table, or one of its indexes. */
export interface TableDimensions extends Record<string, string> {
  readonly TableName: string;
}

/**
 * What must not go unseen on a table, or an index. An index that is throttled holds its table's writes up.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export class TableAlarms extends Alarms {
  constructor(
    scope: Construct,
    id: string,
    dimensions: TableDimensions,
    actions: readonly cloudwatch.IAlarmAction[],
    operations: readonly string[] = [],
  ) {
    super(scope, id, actions);
    this.add('WritesThrottled', {
      description: 'DynamoDB refuses writes for minutes, and readings wait: one key gets too many, or the account.',
      metric: metric('AWS/DynamoDB', 'WriteThrottleEvents', cloudwatch.Stats.SUM, dimensions),
      evaluationPeriods: 5,
    });
    this.add('ReadsThrottled', {
      description: 'DynamoDB refuses reads for minutes, and queries fail: one key is read too much, or the account.',
      metric: metric('AWS/DynamoDB', 'ReadThrottleEvents', cloudwatch.Stats.SUM, dimensions),
      evaluationPeriods: 5,
    });
    for (const Operation of operations) this.watchErrors({ ...dimensions, Operation });
  }

  /** A resolver that fails for it need not be an error of AppSync's own. */
  private watchErrors(dimensions: TableDimensions & { readonly Operation: string }): void {
    this.add(`${dimensions.Operation}Errors`, {
      description: `DynamoDB fails ${dimensions.Operation} for minutes.`,
      metric: metric('AWS/DynamoDB', 'SystemErrors', cloudwatch.Stats.SUM, dimensions),
      evaluationPeriods: 3,
    });
  }
}
