import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { AwsCustomResource, AwsCustomResourcePolicy, type AwsSdkCall } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

import { CdkFunctionLogs, CdkFunctionRole } from './cdk-function-role.ts';

export interface SdkCallProps {
  readonly resourceType: string;
  /** Made when the resource is created, and again when it changes. */
  readonly call: AwsSdkCall;
  /** Made when the resource is deleted. */
  readonly undo?: AwsSdkCall;
  /** What the calls need. */
  readonly actions: string[];
  readonly resources: string[];
}

/**
 * Calls of an API that CloudFormation has no resource for. All of a stack are made by one function of the CDK's, which may
 * make exactly them.
 */
export class SdkCalls extends Construct {
  private readonly role: CdkFunctionRole;
  private readonly logGroup: CdkFunctionLogs;

  constructor(scope: Construct, id: string, encryptionKey: kms.IKey) {
    super(scope, id);
    this.logGroup = new CdkFunctionLogs(this, 'Logs', encryptionKey);
    this.role = new CdkFunctionRole(this, 'Role', this.logGroup);
  }

  add(id: string, props: SdkCallProps): AwsCustomResource {
    const { actions, resources } = props;
    return new AwsCustomResource(this, id, {
      resourceType: props.resourceType,
      onUpdate: props.call,
      ...(props.undo === undefined ? {} : { onDelete: props.undo }),
      policy: AwsCustomResourcePolicy.fromStatements([new iam.PolicyStatement({ actions, resources })]),
      role: this.role,
      logGroup: this.logGroup,
      // What the runtime has is new enough, and a deployment should not need npm.
      installLatestAwsSdk: false,
      timeout: Duration.minutes(2),
    });
  }
}
