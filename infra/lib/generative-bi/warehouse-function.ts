import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { RustFunction, type RustFunctionProps } from '../constructs/rust-function.ts';
import { grantExecute, grantOwnStatements, type WarehouseTarget } from './data-api.ts';

export interface WarehouseFunctionProps extends Omit<RustFunctionProps, 'timeout' | 'memorySize'> {
  readonly warehouse: WarehouseTarget;
  readonly timeout: Duration;
  /** In MiB. 256. */
  readonly memorySize?: number;
  /** What every alarm does. */
  readonly alarmActions?: readonly cloudwatch.IAlarmAction[];
}

/**
 * A Rust function that asks the warehouse, by the Data API: it needs no way into the warehouse's network. Who it signs in
 * as, each adds.
 */
export abstract class WarehouseFunction extends RustFunction {
  constructor(scope: Construct, id: string, props: WarehouseFunctionProps) {
    super(scope, id, {
      ...props,
      memorySize: props.memorySize ?? 256,
      environment: {
        WORKGROUP_NAME: props.warehouse.workgroupName,
        DATABASE_NAME: props.warehouse.databaseName,
        ...props.environment,
      },
    });
    grantExecute(this.role, props.warehouse);
    grantOwnStatements(this.role, 'redshift-data:DescribeStatement', 'redshift-data:GetStatementResult');
  }
}
