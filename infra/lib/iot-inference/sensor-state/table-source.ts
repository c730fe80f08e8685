import { Aws } from 'aws-cdk-lib';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

import { grantTableKey } from './table-key.ts';

export interface TableSourceProps {
  readonly apiId: string;
  readonly table: dynamodb.ITable;
  /** An index that is queried too. */
  readonly index?: string;
  /** What resolvers do with the table. */
  readonly actions: readonly string[];
  readonly encryptionKey: kms.IKey;
  /** Where everything answers, on the local cloud alone: see `local/table.js`. */
  readonly localEndpoint: string | undefined;
}

/** A table that resolvers ask, as a role that may do just what they do. */
export class TableSource extends Construct {
  readonly source: appsync.CfnDataSource;

  constructor(scope: Construct, id: string, private readonly props: TableSourceProps) {
    super(scope, id);
    const { apiId, localEndpoint } = props;
    this.source = new appsync.CfnDataSource(this, 'Source', {
      apiId,
      name: id,
      ...(localEndpoint === undefined ? this.table() : { type: 'HTTP', httpConfig: { endpoint: localEndpoint } }),
    });
  }

  private table(): Pick<appsync.CfnDataSourceProps, 'type' | 'dynamoDbConfig' | 'serviceRoleArn'> {
    return {
      type: 'AMAZON_DYNAMODB',
      dynamoDbConfig: { tableName: this.props.table.tableName, awsRegion: Aws.REGION },
      serviceRoleArn: this.createRole().roleArn,
    };
  }

  private createRole(): iam.Role {
    const { table, index, actions, encryptionKey } = this.props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('appsync.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [table.tableArn] }));
    if (index !== undefined) {
      const resources = [`${table.tableArn}/index/${index}`];
      role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:Query'], resources }));
    }
    grantTableKey(role, encryptionKey);
    return role;
  }
}
