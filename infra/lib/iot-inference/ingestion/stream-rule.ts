import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as iot from 'aws-cdk-lib/aws-iot';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import type { RecordStream } from '../../constructs/record-stream.ts';
import { ownService } from './own-service.ts';

export interface StreamRuleProps {
  readonly description: string;
  readonly sql: string;
  readonly stream: RecordStream;
  /** A substitution template. */
  readonly partitionKey: string;
  /** Gets what the stream did not take. Encrypted with the stream's key. */
  readonly errors: s3.Bucket;
  /** What the keys of its objects begin with. */
  readonly errorPrefix: string;
}

/**
 * The key of an error: unique, so that none overwrites another.
 * https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
 */
export const ERROR_KEY = '${parse_time("yyyy/MM/dd/HH", timestamp(), "UTC")}/${newuuid()}.json';

/** Another version knows other functions. https://docs.aws.amazon.com/iot/latest/developerguide/iot-rule-sql-version.html */
export const SQL_VERSION = '2016-03-23';

/**
 * A topic rule that puts messages on a stream. One that the stream does not take goes to a bucket, whole and with the
 * reason: without an error action it would be gone.
 * https://docs.aws.amazon.com/iot/latest/developerguide/kinesis-rule-action.html
 */
export class StreamRule extends Construct {
  readonly ruleName: string;

  constructor(scope: Construct, id: string, props: StreamRuleProps) {
    super(scope, id);
    const role = this.createRole(props);
    const { roleArn } = role;
    const rule = new iot.CfnTopicRule(this, 'Rule', {
      topicRulePayload: {
        description: props.description,
        sql: props.sql,
        awsIotSqlVersion: SQL_VERSION,
        actions: [
          { kinesis: { streamName: props.stream.stream.streamName, partitionKey: props.partitionKey, roleArn } },
        ],
        errorAction: {
          s3: { bucketName: props.errors.bucketName, key: `${props.errorPrefix}/${ERROR_KEY}`, roleArn },
        },
        ruleDisabled: false,
      },
    });
    // AWS IoT takes the role on with the first message, and without its policy would lose it.
    rule.node.addDependency(role);
    this.ruleName = rule.ref;
  }

  private createRole({ stream, errors, errorPrefix }: StreamRuleProps): iam.Role {
    const role = new iam.Role(this, 'Role', { assumedBy: ownService(this, 'iot') });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['kinesis:PutRecord'], [stream.stream.streamArn]);
    allow(['s3:PutObject'], [errors.arnForObjects(`${errorPrefix}/*`)]);
    // Stream and bucket are encrypted with the same key.
    allow(['kms:GenerateDataKey'], [stream.encryptionKey.keyArn]);
    const logicalId = Stack.of(this).getLogicalId(errors.node.defaultChild as s3.CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${errorPrefix}/*]`,
      reason: 'The keys of objects to come are not known; the bucket and the prefix are.',
    });
    return role;
  }
}
