import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';

import { functionAsset } from './function-asset.ts';

export interface RustFunctionProps {
  /** The crate's name: the folder of its bootstrap, and the dimension `ServiceName` of its metrics. */
  readonly functionName: string;
  readonly functionsDirectory: string;
  readonly architecture: lambda.Architecture;
  readonly encryptionKey: kms.IKey;
  /** The environment beyond what every function has. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** In MiB. */
  readonly memorySize: number;
  /** How many environments may run at once; without it the account's limit holds. */
  readonly reservedConcurrency?: number;
  /** One month. */
  readonly logRetention?: logs.RetentionDays;
}

/** The namespace of the metrics that the functions emit. */
export const METRICS_NAMESPACE = 'KinesisAiPatterns';

/**
 * A function of this repository: a bootstrap on Amazon Linux 2023 that may write its own log and nothing else, with log
 * and environment encrypted with the pattern's key. What it is called by decides what more it needs.
 */
export abstract class RustFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: RustFunctionProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      encryptionKey: props.encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(this.role);
    this.function = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: 'bootstrap',
      code: functionAsset(props.functionsDirectory, props.functionName, props.architecture),
      architecture: props.architecture,
      role: this.role,
      logGroup,
      timeout: props.timeout,
      memorySize: props.memorySize,
      environment: { SERVICE_NAME: props.functionName, METRICS_NAMESPACE, ...props.environment },
      environmentEncryption: props.encryptionKey,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }

  /** Changes with what the build made of the function, and with nothing else. */
  get codeHash(): string {
    return (this.function.node.findChild('Code') as Asset).assetHash;
  }

  /** Lets the function call these actions on these resources. */
  allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  }
}
