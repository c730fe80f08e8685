import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as iot from 'aws-cdk-lib/aws-iot';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { ownService } from '../ingestion/own-service.ts';
import { ERROR_KEY, SQL_VERSION } from '../ingestion/stream-rule.ts';

export interface ReadingsIntoSiteWiseProps {
  /** Gets what AWS IoT SiteWise did not take. */
  readonly errors: s3.Bucket;
  readonly encryptionKey: kms.IKey;
}

/**
 * What is no reading of this version is passed over, and so is one of another device than the topic names, which is the only
 * one that the policy vouches for: the rule that feeds the stream carries both.
 */
export const SITE_WISE_SQL = "SELECT * FROM 'telemetry/+/+' WHERE schemaVersion = 1 AND deviceId = topic(3)";

const ERROR_PREFIX = 'site-wise';

/** The whole second of `2026-11-25T01:02:03.123456Z`. */
const SECOND = `time_to_epoch(concat(substring(measuredAt, 0, 19), "Z"), "yyyy-MM-dd'T'HH:mm:ss'Z'")`;

/**
 * The nine digits of its fraction, of which a time has none to six: behind them come as many noughts as are missing.
 * https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
 */
const NANOSECONDS = 'substring(concat(replace(substring(measuredAt, 20), "Z", ""), "000000000"), 0, 9)';

/**
 * A second rule on the readings, which gives each to the property with its alias. AWS IoT SiteWise takes what is at most
 * seven days old or ten minutes ahead: a reading beyond goes to the bucket of the error action, and is in the stream all
 * the same.
 * https://docs.aws.amazon.com/iot/latest/developerguide/iotsitewise-rule-action.html
 * https://docs.aws.amazon.com/iot-sitewise/latest/APIReference/API_BatchPutAssetPropertyValue.html
 */
export class ReadingsIntoSiteWise extends Construct {
  readonly ruleName: string;

  constructor(scope: Construct, id: string, props: ReadingsIntoSiteWiseProps) {
    super(scope, id);
    const role = this.createRole(props);
    const { roleArn } = role;
    const rule = new iot.CfnTopicRule(this, 'Rule', {
      topicRulePayload: {
        description: 'Readings of devices into AWS IoT SiteWise',
        sql: SITE_WISE_SQL,
        awsIotSqlVersion: SQL_VERSION,
        actions: [{ iotSiteWise: { putAssetPropertyValueEntries: [entry()], roleArn } }],
        errorAction: {
          s3: { bucketName: props.errors.bucketName, key: `${ERROR_PREFIX}/${ERROR_KEY}`, roleArn },
        },
        ruleDisabled: false,
      },
    });
    // AWS IoT takes the role on with the first message, and without its policy would lose it.
    rule.node.addDependency(role);
    this.ruleName = rule.ref;
  }

  private createRole({ errors, encryptionKey }: ReadingsIntoSiteWiseProps): iam.Role {
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', { assumedBy: ownService(this, 'iot') });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    // By alias: the property of an asset, or a data stream that nobody has connected to one yet.
    const kinds = ['asset', 'time-series'];
    const named = kinds.map((resource) => stack.formatArn({ service: 'iotsitewise', resource, resourceName: '*' }));
    allow(['iotsitewise:BatchPutAssetPropertyValue'], named);
    allow(['s3:PutObject'], [errors.arnForObjects(`${ERROR_PREFIX}/*`)]);
    allow(['kms:GenerateDataKey'], [encryptionKey.keyArn]);
    const bucket = stack.getLogicalId(errors.node.defaultChild as s3.CfnBucket);
    const acknowledge = (resource: string, reason: string) =>
      Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
    acknowledge(`<${bucket}.Arn>/${ERROR_PREFIX}/*`, 'The keys of objects to come are not known; bucket and prefix are.');
    for (const kind of kinds) {
      acknowledge(
        `arn:<AWS::Partition>:iotsitewise:<AWS::Region>:<AWS::AccountId>:${kind}/*`,
        'Assets are made by their owner and have no names that a stack knows; account and region are named.',
      );
    }
    return role;
  }
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/iot-substitution-templates.html */
function entry(): iot.CfnTopicRule.PutAssetPropertyValueEntryProperty {
  return {
    entryId: '${sequence}',
    propertyAlias: 'telemetry/${topic(3)}/${sensorId}',
    propertyValues: [
      {
        value: { doubleValue: '${value}' },
        quality: '${upper(quality)}',
        timestamp: {
          timeInSeconds: `\${floor(${SECOND} / 1000)}`,
          offsetInNanos: `\${cast(${NANOSECONDS} AS Int)}`,
        },
      },
    ],
  };
}
