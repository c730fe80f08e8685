import { ArnFormat, Aws, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

import type { RecordStream } from '../../constructs/record-stream.ts';
import { ERRORS_PREFIX, READINGS_PREFIX } from './archive-bucket.ts';
import { DATABASE, TABLE } from './archive-catalog.ts';

export interface DeliveryRoleProps {
  readonly bucket: s3.Bucket;
  readonly encryptionKey: kms.IKey;
  readonly logStream: logs.LogStream;
  readonly logGroup: logs.LogGroup;
  /** The stream that Firehose reads itself. */
  readonly stream: RecordStream | undefined;
}

/**
 * What Firehose delivers as.
 * https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
 */
export class DeliveryRole extends iam.Role {
  constructor(scope: Construct, id: string, private readonly props: DeliveryRoleProps) {
    super(scope, id, {
      description: 'Firehose delivers readings to the archive',
      assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com'),
      // Firehose names the account for which it asks: in the name of another, nobody gets in.
      externalIds: [Aws.ACCOUNT_ID],
    });
    this.allowBucket();
    this.allowTable();
    this.allowLog();
    if (props.stream !== undefined) this.allowStream(props.stream);
  }

  private allowBucket(): void {
    const { bucket } = this.props;
    this.allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]);
    const prefixes = [READINGS_PREFIX, ERRORS_PREFIX];
    this.allow(
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
    );
    this.allowKey(['kms:Decrypt', 'kms:GenerateDataKey'], 's3');
    const logicalId = Stack.of(this).getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
    for (const prefix of prefixes) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
        reason: 'The keys of objects to come are not known; the bucket and the prefix are.',
      });
    }
  }

  /** The columns by which JSON becomes Parquet. Glue wants permission on what the table is in, too. */
  private allowTable(): void {
    const glue = (resource: string, resourceName?: string) =>
      Stack.of(this).formatArn({ service: 'glue', resource, ...(resourceName === undefined ? {} : { resourceName }) });
    this.allow(
      ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
      [glue('catalog'), glue('database', DATABASE), glue('table', `${DATABASE}/${TABLE}`)],
    );
  }

  private allowLog(): void {
    const { logGroup, logStream } = this.props;
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${logGroup.logGroupName}:log-stream:${logStream.logStreamName}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.allow(['logs:PutLogEvents'], [arn]);
  }

  private allowStream({ stream }: RecordStream): void {
    this.allow(
      ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
      [stream.streamArn],
    );
    this.allowKey(['kms:Decrypt'], 'kinesis');
  }

  /** The key only in the hands of `service`, for what that keeps. */
  private allowKey(actions: string[], service: string): void {
    this.allow(actions, [this.props.encryptionKey.keyArn], {
      StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` },
    });
  }

  private allow(actions: string[], resources: string[], conditions?: iam.Conditions): void {
    this.addToPolicy(
      new iam.PolicyStatement({ actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
    );
  }
}
