import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';

import { grantWithoutResource } from '../constructs/actions-without-resource.ts';

/** A warehouse as its callers know it. */
export interface WarehouseTarget {
  readonly workgroupName: string;
  readonly workgroupArn: string;
  readonly databaseName: string;
}

/** The administrator's name and password, as Redshift keeps them. */
export interface AdminSecret {
  readonly secretArn: string;
  readonly encryptionKey: kms.IKey;
}

/** Lets a role run statements on one workgroup. */
export function grantExecute(role: iam.Role, { workgroupArn }: WarehouseTarget): void {
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['redshift-data:ExecuteStatement'], resources: [workgroupArn] }),
  );
}

/** Lets a role run several statements as one transaction there. */
export function grantTransactions(role: iam.Role, { workgroupArn }: WarehouseTarget): void {
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['redshift-data:BatchExecuteStatement'], resources: [workgroupArn] }),
  );
}

/**
 * Lets a role look after the statements that it started itself. They have no ARN: a condition is what AWS offers in its
 * place. https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html
 */
export function grantOwnStatements(role: iam.Role, ...actions: string[]): void {
  grantWithoutResource(role, actions, {
    StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' },
  });
}

/** Lets a role sign in at the warehouse as itself: the database knows it as `IAMR:` and its name. */
export function grantSignIn(role: iam.Role, { workgroupArn }: WarehouseTarget): void {
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['redshift-serverless:GetCredentials'], resources: [workgroupArn] }),
  );
}

/** Lets a role sign in as the administrator. The Data API reads the secret in the caller's name. */
export function grantAdmin(role: iam.Role, { secretArn, encryptionKey }: AdminSecret): void {
  role.addToPolicy(new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn] }));
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Stack.of(role).region}.amazonaws.com` } },
    }),
  );
}
