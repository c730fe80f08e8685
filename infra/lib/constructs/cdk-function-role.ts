import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The log of the functions that the CDK brings along for custom resources, kept as those of our own are. */
export class CdkFunctionLogs extends logs.LogGroup {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey) {
    super(scope, id, {
      retention: logs.RetentionDays.ONE_MONTH,
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** The role of such a function: it may write its log and nothing else, where the CDK's own would have AWS's policy. */
export class CdkFunctionRole extends iam.Role {
  constructor(scope: Construct, id: string, logGroup: logs.ILogGroup) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this);
  }
}
