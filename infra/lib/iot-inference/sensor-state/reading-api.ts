import { readFileSync } from 'node:fs';
import * as path from 'node:path';

import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import { Construct } from 'constructs';

import type { Operators } from './operators.ts';
import { ReadingSources, type ReadingSourcesProps } from './reading-sources.ts';
import { localResolverCode, resolverCode } from './resolver-code.ts';

export interface ReadingApiProps extends Omit<ReadingSourcesProps, 'api'> {
  readonly operators: Operators;
}

const SCHEMA = path.join(import.meta.dirname, 'schema.graphql');

/** `query { latestOfSite { items { value } } }` has three levels; nothing in the schema has more. */
const QUERY_DEPTH = 3;

/** Fields with a resolver that a request may have: a page shows some devices at once, and no request asks for a plant. */
const RESOLVERS_OF_A_REQUEST = 20;

/** Variables of the API that name the tables, on the local cloud. */
const [LATEST_TABLE, HISTORY_TABLE] = ['LATEST_TABLE', 'HISTORY_TABLE'];

/** https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference-js.html */
const RUNTIME = { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' };

/** What the sensors measure, as a GraphQL API: queries of both tables, and a subscription to a device. */
export class ReadingApi extends Construct {
  readonly api: appsync.CfnGraphQLApi;
  /** The mutation `publishReading`, as IAM names it. */
  readonly publishReadingArn: string;
  private readonly schema: appsync.CfnGraphQLSchema;

  constructor(scope: Construct, id: string, props: ReadingApiProps) {
    super(scope, id);
    this.api = this.createApi(props);
    this.publishReadingArn = `${this.api.attrArn}/types/Mutation/fields/publishReading`;
    this.schema = new appsync.CfnGraphQLSchema(this, 'Schema', {
      apiId: this.api.attrApiId,
      definition: readFileSync(SCHEMA, 'utf8'),
    });
    const { latest, history, input } = new ReadingSources(this, 'Sources', { ...props, api: this.api });
    const fromTable = props.localEndpoint === undefined ? resolverCode : localResolverCode;
    for (const field of ['latestReading', 'latestOfDevice', 'latestOfSite']) {
      this.resolve('Query', field, latest, fromTable(field, LATEST_TABLE));
    }
    this.resolve('Query', 'history', history, fromTable('history', HISTORY_TABLE));
    this.resolve('Mutation', 'publishReading', input, resolverCode('publishReading'));
  }

  private createApi({ operators, latest, history, localEndpoint }: ReadingApiProps): appsync.CfnGraphQLApi {
    const { userPool, client } = operators;
    // What `local/table.js` reads.
    const names = { [LATEST_TABLE]: latest.tableName, [HISTORY_TABLE]: history.tableName, REGION: Aws.REGION };
    const api = new appsync.CfnGraphQLApi(this, 'Api', {
      name: `${Stack.of(this).stackName}-readings`,
      authenticationType: 'AMAZON_COGNITO_USER_POOLS',
      userPoolConfig: {
        userPoolId: userPool.userPoolId,
        awsRegion: userPool.env.region,
        defaultAction: 'ALLOW',
        ...(client === undefined ? {} : { appIdClientRegex: client.userPoolClientId }),
      },
      additionalAuthenticationProviders: [{ authenticationType: 'AWS_IAM' }],
      // Whoever writes a client has the schema's file.
      introspectionConfig: 'DISABLED',
      queryDepthLimit: QUERY_DEPTH,
      resolverCountLimit: RESOLVERS_OF_A_REQUEST,
      ...(localEndpoint === undefined ? {} : { environmentVariables: names }),
    });
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-ASC3',
      reason:
        'Every log of AppSync has the text of each request with its variables, without verbose content too: readings ' +
        'would be in it. Its metrics tell of errors.',
    });
    return api;
  }

  private resolve(typeName: string, fieldName: string, source: appsync.CfnDataSource, code: string): void {
    const resolver = new appsync.CfnResolver(this, fieldName, {
      apiId: this.api.attrApiId,
      typeName,
      fieldName,
      dataSourceName: source.attrName,
      kind: 'UNIT',
      runtime: RUNTIME,
      code,
    });
    resolver.addResourceDependency(this.schema);
  }
}
