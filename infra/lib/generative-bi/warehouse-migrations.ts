import { CustomResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

import { CdkFunctionLogs, CdkFunctionRole } from '../constructs/cdk-function-role.ts';
import type { WarehouseMigrator } from './warehouse-migrator.ts';

export interface WarehouseMigrationsProps {
  readonly migrator: WarehouseMigrator;
  readonly sqlParameters: Readonly<Record<string, string>>;
  readonly encryptionKey: kms.IKey;
}

/** How often the migrator is asked whether it is complete. */
const QUERY_INTERVAL = Duration.seconds(20);

/**
 * How often it is asked again. CloudFormation gives a custom resource an hour and must get the answer within it, and each
 * question may take as long as the migrator's timeout: ten of five minutes, with their pauses, are 53 min 20 s, and with the
 * first question 58 min 20 s at the very worst. A single statement may take as long as it likes within that: it goes on in
 * the warehouse, and the next question finds it by its token.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
 * https://states-language.net/spec.html#errors
 */
const REPEATS = 10;

/** The CDK divides this by the interval to get the repeats: time that a question itself takes does not count. */
const TOTAL_TIMEOUT = Duration.seconds(REPEATS * QUERY_INTERVAL.toSeconds());

/**
 * The state of the warehouse as a part of the stack: whenever the migrator, which has the SQL in it, or a parameter changes,
 * CloudFormation has the migrator bring the warehouse up to it, and waits. It goes by the function's code and not by the
 * files: SQL that nobody built must not count as applied.
 *
 * What is applied never runs again, also when a parameter changes that it was applied with: another role or user needs a new
 * file. Deleting the stack has the migrator delete nothing.
 */
export class WarehouseMigrations extends Construct {
  constructor(scope: Construct, id: string, private readonly props: WarehouseMigrationsProps) {
    super(scope, id);
    const provider = this.createProvider();
    new CustomResource(this, 'Migrations', {
      resourceType: 'Custom::WarehouseMigrations',
      serviceToken: provider.serviceToken,
      properties: { MigratorCode: props.migrator.codeHash, SqlParameters: props.sqlParameters },
    });
  }

  /** The CDK's frame: it answers CloudFormation, and asks the migrator again until it is complete. */
  private createProvider(): Provider {
    const { migrator, encryptionKey } = this.props;
    const logGroup = new CdkFunctionLogs(this, 'Logs', encryptionKey);
    const roles = ['OnEventRole', 'IsCompleteRole'].map((id) => new CdkFunctionRole(this, id, logGroup));
    const provider = new Provider(this, 'Provider', {
      onEventHandler: migrator.function,
      isCompleteHandler: migrator.function,
      queryInterval: QUERY_INTERVAL,
      totalTimeout: TOTAL_TIMEOUT,
      frameworkOnEventRole: roles[0]!,
      frameworkCompleteAndTimeoutRole: roles[1]!,
      logGroup,
      providerFunctionEnvEncryption: encryptionKey,
    });
    this.acknowledge(provider, roles);
    return provider;
  }

  private acknowledge(provider: Provider, roles: readonly CdkFunctionRole[]): void {
    const migrator = this.props.migrator.function;
    for (const role of roles) acknowledgeVersions(role, migrator);
    for (const name of ['framework-isComplete', 'framework-onTimeout']) {
      acknowledgeVersions(provider, provider.node.findChild(name) as lambda.Function);
    }
    for (const id of ['AwsSolutions-SF1', 'AwsSolutions-SF2']) {
      Validations.of(provider).acknowledge({
        id,
        reason: 'The state machine only waits between two questions: both are in the log of the frame.',
      });
    }
  }
}

/** The CDK lets its frame call a function in any version. */
function acknowledgeVersions(caller: Construct, called: lambda.Function): void {
  const logicalId = Stack.of(called).getLogicalId(called.node.defaultChild as lambda.CfnFunction);
  Validations.of(caller).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: "Any version of one function: the CDK's frame grants it so.",
  });
}
