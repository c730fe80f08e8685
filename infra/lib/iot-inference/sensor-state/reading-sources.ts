import * as appsync from 'aws-cdk-lib/aws-appsync';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import type { HistoryTable, LatestTable } from './sensor-tables.ts';
import { grantTableKey } from './table-key.ts';

/**
 * Without a condition on account or API: no page of AWS says that AppSync names either when it takes a role, and where it did
 * not, every query would be denied.
 * https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html
 */
const APP_SYNC = new iam.ServicePrincipal('appsync.amazonaws.com');

export interface ReadingSourcesProps {
  readonly api: appsync.CfnGraphQLApi;
  readonly latest: LatestTable;
  readonly history: HistoryTable;
  readonly encryptionKey: kms.IKey;
  /** Where everything answers, on the local cloud alone: see `local/table.js`. */
  readonly localEndpoint: string | undefined;
}

/** Where the API's fields get their answers from. Each table is read with a role of its own; nothing writes. */
export class ReadingSources extends Construct {
  readonly latest: appsync.CfnDataSource;
  readonly history: appsync.CfnDataSource;
  /** No source: the answer is what was asked with. */
  readonly input: appsync.CfnDataSource;

  constructor(scope: Construct, id: string, private readonly props: ReadingSourcesProps) {
    super(scope, id);
    const { api, latest, history } = props;
    this.latest = this.addTable('Latest', latest, [
      new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [latest.tableArn] }),
      new iam.PolicyStatement({ actions: ['dynamodb:Query'], resources: [latest.tableArn, latest.bySiteArn] }),
    ]);
    this.history = this.addTable('History', history, [
      new iam.PolicyStatement({ actions: ['dynamodb:Query'], resources: [history.tableArn] }),
    ]);
    this.input = new appsync.CfnDataSource(this, 'Input', { apiId: api.attrApiId, name: 'Input', type: 'NONE' });
  }

  private addTable(name: string, table: dynamodb.Table, may: iam.PolicyStatement[]): appsync.CfnDataSource {
    const role = new iam.Role(this, `${name}Role`, { assumedBy: APP_SYNC });
    for (const statement of may) role.addToPolicy(statement);
    grantTableKey(role, this.props.encryptionKey);
    return new appsync.CfnDataSource(this, name, {
      apiId: this.props.api.attrApiId,
      name,
      ...(this.props.localEndpoint === undefined
        ? {
            type: 'AMAZON_DYNAMODB',
            serviceRoleArn: role.roleArn,
            dynamoDbConfig: { tableName: table.tableName, awsRegion: table.env.region },
          }
        : { type: 'HTTP', httpConfig: { endpoint: this.props.localEndpoint } }),
    });
  }
}
