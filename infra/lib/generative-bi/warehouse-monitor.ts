import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';

import { WarehouseAlarms } from '../constructs/warehouse-alarms.ts';
import { grantSignIn } from './data-api.ts';
import { WarehouseFunction, type WarehouseFunctionProps } from './warehouse-function.ts';

export interface WarehouseMonitorProps extends Omit<WarehouseFunctionProps, 'functionName' | 'timeout' | 'environment'> {
  /** The streaming views, as `schema.view`. */
  readonly views: readonly string[];
}

/** The crate of the monitor. */
export const MONITOR = 'warehouse-monitor';

/** How often it looks. */
const INTERVAL = Duration.minutes(1);

/** The function `warehouse-monitor`: how fresh each streaming view is, and what it could not read. */
export class WarehouseMonitor extends WarehouseFunction {
  /** What the database knows it as. */
  readonly databaseUser: string;
  /** What has it look. */
  readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: WarehouseMonitorProps) {
    super(scope, id, {
      ...props,
      functionName: MONITOR,
      timeout: Duration.seconds(50),
      environment: { STREAMING_VIEWS: props.views.join(',') },
      // One look at a time: a warehouse that is slow to answer is not asked again meanwhile.
      reservedConcurrency: 1,
    });
    this.databaseUser = `IAMR:${this.role.roleName}`;
    grantSignIn(this.role, props.warehouse);
    this.rule = this.lookEveryMinute();
    new WarehouseAlarms(this, 'Alarms', {
      functionName: this.function.functionName,
      serviceName: MONITOR,
      views: props.views,
      freshness: Duration.minutes(5),
      actions: props.alarmActions ?? [],
    });
  }

  private lookEveryMinute(): events.Rule {
    return new events.Rule(this, 'Look', {
      description: 'Has the freshness of the streaming views measured',
      schedule: events.Schedule.rate(INTERVAL),
      // The next look comes soon.
      targets: [new targets.LambdaFunction(this.function, { maxEventAge: INTERVAL, retryAttempts: 0 })],
    });
  }
}
