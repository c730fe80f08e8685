import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { Alarms, metric } from './alarms.ts';
import { RustFunction, type RustFunctionProps } from './rust-function.ts';

export interface ApiFunctionProps extends Omit<RustFunctionProps, 'timeout' | 'memorySize'> {
  /** Five seconds: a caller waits, and a start is in it. */
  readonly timeout?: Duration;
  /** In MiB; processor time comes with it, and so a shorter start. 512. */
  readonly memorySize?: number;
  /** What every alarm does. */
  readonly alarmActions?: readonly cloudwatch.IAlarmAction[];
}

/** A Rust function behind HTTP: someone waits for its answer, and an invocation that fails is not repeated. */
export class ApiFunction extends RustFunction {
  constructor(scope: Construct, id: string, props: ApiFunctionProps) {
    super(scope, id, {
      ...props,
      timeout: props.timeout ?? Duration.seconds(5),
      memorySize: props.memorySize ?? 512,
    });
    new ApiFunctionAlarms(this, 'Alarms', this.function.functionName, props.alarmActions ?? []);
  }
}

/**
 * What must not go unseen on any function behind HTTP. `Errors` is not among them: an authorizer answers a bad token by
 * failing. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
class ApiFunctionAlarms extends Alarms {
  constructor(scope: Construct, id: string, functionName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    this.add('Throttles', {
      description: 'Lambda refuses invocations, and callers get an error: the account has too little concurrency.',
      metric: metric('AWS/Lambda', 'Throttles', cloudwatch.Stats.SUM, { FunctionName: functionName }),
    });
  }
}
