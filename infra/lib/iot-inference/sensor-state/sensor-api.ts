import { readFileSync } from 'node:fs';
import * as path from 'node:path';

import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import type { Operators } from './operators.ts';
import { BY_SITE, type HistoryTable, type LatestTable } from './reading-tables.ts';
import { localResolverCode, resolverCode } from './resolver-code.ts';
import { TableSource } from './table-source.ts';

/** A file of its own, for clients that generate code of it. */
export const SCHEMA = path.join(import.meta.dirname, 'schema.graphql');

/** A page, its items, their fields: no query of the schema is deeper. */
const DEPTH = 3;

/** How many fields one request may have resolved: without it, aliases make one request many queries. */
const RESOLVERS_A_REQUEST = 10;

/** https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html */
const RUNTIME = { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' };

export interface SensorApiProps {
  readonly latest: LatestTable;
  readonly history: HistoryTable;
  readonly operators: Operators;
  readonly encryptionKey: kms.IKey;
  /** Where everything answers, on the local cloud alone. */
  readonly localEndpoint: string | undefined;
}

/** The GraphQL API of the state of sensors: resolvers in JavaScript straight on the tables, and a subscription. */
export class SensorApi extends Construct {
  readonly api: appsync.CfnGraphQLApi;
  /** Where clients ask. */
  readonly url: string;
  private readonly schema: appsync.CfnGraphQLSchema;

  constructor(scope: Construct, id: string, private readonly props: SensorApiProps) {
    super(scope, id);
    const { localEndpoint } = props;
    this.api = this.createApi();
    const { attrApiId, attrGraphQlUrl } = this.api;
    this.url = localEndpoint === undefined ? attrGraphQlUrl : `${localEndpoint}/v1/apis/${attrApiId}/graphql`;
    this.schema = new appsync.CfnGraphQLSchema(this, 'Schema', {
      apiId: attrApiId,
      definition: readFileSync(SCHEMA, 'utf8'),
    });
    this.resolveQueries();
    this.resolveNotifications();
  }

  /** The ARN of a field, for whom IAM lets call it. */
  fieldArn(type: string, field: string): string {
    return `${this.api.attrArn}/types/${type}/fields/${field}`;
  }

  private createApi(): appsync.CfnGraphQLApi {
    const { operators, localEndpoint } = this.props;
    const api = new appsync.CfnGraphQLApi(this, 'Api', {
      name: `${Stack.of(this).stackName}-sensor-state`,
      authenticationType: 'AMAZON_COGNITO_USER_POOLS',
      userPoolConfig: {
        userPoolId: operators.userPool.userPoolId,
        awsRegion: Aws.REGION,
        defaultAction: 'ALLOW',
        // The pool made here has one app; who brings a pool answers for its clients.
        appIdClientRegex: operators.appClient?.userPoolClientId,
      },
      additionalAuthenticationProviders: [{ authenticationType: 'AWS_IAM' }],
      // Clients have the file.
      introspectionConfig: 'DISABLED',
      queryDepthLimit: DEPTH,
      resolverCountLimit: RESOLVERS_A_REQUEST,
      xrayEnabled: false,
      ...(localEndpoint === undefined ? {} : { environmentVariables: this.localTables() }),
    });
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-ASC3',
      reason:
        'At every level the log has the query of each request, and with it readings and names of devices. Metrics and ' +
        'the log of sensor-state-writer tell what fails: https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html',
    });
    return api;
  }

  /** What `local/table.js` reads. */
  private localTables(): Record<string, string> {
    const { latest, history } = this.props;
    return { LATEST_TABLE: latest.tableName, HISTORY_TABLE: history.tableName, REGION: Aws.REGION };
  }

  private resolveQueries(): void {
    const { latest, history, encryptionKey, localEndpoint } = this.props;
    const common = { apiId: this.api.attrApiId, encryptionKey, localEndpoint };
    const actions = ['dynamodb:GetItem', 'dynamodb:Query'];
    const latestState = new TableSource(this, 'Latest', { ...common, table: latest, index: BY_SITE, actions });
    const readings = new TableSource(this, 'History', { ...common, table: history, actions: ['dynamodb:Query'] });
    for (const field of ['latestReading', 'latestOfDevice', 'latestOfSite']) {
      this.resolve('Query', field, latestState.source, this.code(field, 'LATEST_TABLE'));
    }
    this.resolve('Query', 'history', readings.source, this.code('history', 'HISTORY_TABLE'));
  }

  private resolveNotifications(): void {
    const nothing = new appsync.CfnDataSource(this, 'Nothing', {
      apiId: this.api.attrApiId,
      name: 'Nothing',
      type: 'NONE',
    });
    this.resolve('Mutation', 'publishReading', nothing, resolverCode('publishReading'));
    this.resolve('Subscription', 'onReading', nothing, resolverCode('onReading'));
  }

  private code(field: string, table: string): string {
    return this.props.localEndpoint === undefined ? resolverCode(field) : localResolverCode(field, table);
  }

  private resolve(typeName: string, fieldName: string, source: appsync.CfnDataSource, code: string): void {
    const resolver = new appsync.CfnResolver(this, `${typeName}-${fieldName}`, {
      apiId: this.api.attrApiId,
      typeName,
      fieldName,
      kind: 'UNIT',
      dataSourceName: source.attrName,
      runtime: RUNTIME,
      code,
    });
    // A resolver is of a field that is there.
    resolver.addResourceDependency(this.schema);
  }
}
