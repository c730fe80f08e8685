import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from '../constructs/alarms.ts';
import { type AdminSecret, grantAdmin, grantTransactions } from './data-api.ts';
import { WarehouseFunction, type WarehouseFunctionProps } from './warehouse-function.ts';

export interface WarehouseMigratorProps extends Omit<WarehouseFunctionProps, 'functionName' | 'timeout' | 'environment'> {
  /** What stands in the SQL as `${NAME}`. */
  readonly sqlParameters: Readonly<Record<string, string>>;
  /** Who it signs in as; the local warehouse asks nobody. */
  readonly admin: AdminSecret | undefined;
}

/** The crate of the migrator. */
export const MIGRATOR = 'warehouse-migrator';

/**
 * Of one invocation, of which it works a fifth less. Migrations are many invocations, and all of them must fit into
 * CloudFormation's hour: `WarehouseMigrations` counts them.
 */
const TIMEOUT = Duration.minutes(5);

/** The function `warehouse-migrator`: the versioned SQL, each version once and in order. */
export class WarehouseMigrator extends WarehouseFunction {
  constructor(scope: Construct, id: string, props: WarehouseMigratorProps) {
    super(scope, id, {
      ...props,
      functionName: MIGRATOR,
      timeout: TIMEOUT,
      environment: {
        SQL_PARAMETERS: JSON.stringify(props.sqlParameters),
        ...(props.admin === undefined ? {} : { ADMIN_SECRET_ARN: props.admin.secretArn }),
      },
    });
    grantTransactions(this.role, props.warehouse);
    if (props.admin !== undefined) grantAdmin(this.role, props.admin);
    new WarehouseMigratorAlarms(this, 'Alarms', this.function.functionName, props.alarmActions ?? []);
  }
}

/** What must not go unseen between deployments too: somebody may run it by hand. */
class WarehouseMigratorAlarms extends Alarms {
  constructor(scope: Construct, id: string, functionName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    this.add('Errors', {
      description: 'A migration of the warehouse failed: the log names the file and the statement.',
      metric: metric('AWS/Lambda', 'Errors', cloudwatch.Stats.SUM, { FunctionName: functionName }),
    });
  }
}
