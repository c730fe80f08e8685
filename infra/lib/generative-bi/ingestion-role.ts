import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { grantWithoutResource } from '../constructs/actions-without-resource.ts';
import type { RecordStream } from '../constructs/record-stream.ts';

/**
 * What the warehouse reads the stream as.
 * https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
 */
export class IngestionRole extends iam.Role {
  constructor(scope: Construct, id: string, { stream, encryptionKey }: RecordStream) {
    super(scope, id, {
      description: 'Redshift reads the changes of the orders',
      assumedBy: new iam.CompositePrincipal(
        new iam.ServicePrincipal('redshift.amazonaws.com'),
        new iam.ServicePrincipal('redshift-serverless.amazonaws.com'),
      ),
    });
    this.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [stream.streamArn],
      }),
    );
    this.addToPolicy(new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [encryptionKey.keyArn] }));
    // CREATE EXTERNAL SCHEMA … FROM KINESIS shows all streams of the account by name.
    grantWithoutResource(this, 'kinesis:ListStreams');
  }
}
