import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { resolverCode } from '../lib/iot-inference/sensor-state/resolver-code.ts';
import { LOCAL, SensorStateStack } from './sensor-state-stack.ts';
import { type Resource, Synthesised } from './synthesis.ts';

const POOL = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_Plant';

const stack = new SensorStateStack();
const template = new Synthesised(stack);
const localStack = new SensorStateStack(LOCAL);
const local = new Synthesised(localStack);
const withPool = new SensorStateStack({ userPoolArn: POOL });

const variablesOf = (from: Synthesised) => from.lambda('sensor-state-writer').Properties['Environment'].Variables;

/** The table whose partition key is called so. */
function table(partitionKey: string): Resource {
  const found = template.ofType('AWS::DynamoDB::Table').find(({ Properties }) => keys(Properties)[0] === partitionKey);
  assert.ok(found !== undefined);
  return found;
}

function keys({ KeySchema }: Record<string, any>): string[] {
  assert.deepEqual(KeySchema.map(({ KeyType }: any) => KeyType), ['HASH', 'RANGE']);
  return KeySchema.map(({ AttributeName }: any) => AttributeName);
}

describe('the tables', () => {
  const latest = table('deviceId').Properties;
  const history = table('sensor').Properties;

  test('have the keys that the writer writes', () => {
    assert.deepEqual(keys(latest), ['deviceId', 'sensorId']);
    assert.deepEqual(keys(history), ['sensor', 'at']);
    for (const { AttributeDefinitions } of [latest, history]) {
      for (const { AttributeType } of AttributeDefinitions) assert.equal(AttributeType, 'S');
    }
  });

  test('find the latest state of a site by an index, in an order that a new reading does not change', () => {
    const [bySite, ...others] = latest['GlobalSecondaryIndexes'];
    assert.deepEqual(others, []);
    assert.equal(bySite.IndexName, 'bySite');
    assert.deepEqual(keys(bySite), ['site', 'deviceId']);
    assert.deepEqual(bySite.Projection, { ProjectionType: 'ALL' });
    assert.equal(history['GlobalSecondaryIndexes'], undefined);
  });

  test('forget the history alone', () => {
    assert.deepEqual(history['TimeToLiveSpecification'], { AttributeName: 'expiresAt', Enabled: true });
    assert.equal(latest['TimeToLiveSpecification'], undefined);
  });

  test('are paid for by the request, encrypted with the pattern’s key, restorable and kept', () => {
    for (const { Properties, DeletionPolicy } of [table('deviceId'), table('sensor')]) {
      assert.equal(Properties['BillingMode'], 'PAY_PER_REQUEST');
      assert.equal(template.behind(Properties['SSESpecification'].KMSMasterKeyId).Type, 'AWS::KMS::Key');
      assert.equal(Properties['PointInTimeRecoverySpecification'].PointInTimeRecoveryEnabled, true);
      assert.equal(Properties['DeletionProtectionEnabled'], true);
      assert.equal(DeletionPolicy, 'Retain');
    }
  });
});

describe('the writer', () => {
  const variables = variablesOf(template);
  const mapping = template.only('AWS::Lambda::EventSourceMapping').Properties;

  test('is told the tables, the days and the API, and beyond that what every function is told', () => {
    assert.equal(template.behind(variables.LATEST_TABLE), table('deviceId'));
    assert.equal(template.behind(variables.HISTORY_TABLE), table('sensor'));
    assert.equal(variables.HISTORY_DAYS, '30');
    const every = ['DEAD_LETTER_BUCKET', 'DEAD_LETTER_PREFIX', 'METRICS_NAMESPACE', 'SERVICE_NAME'];
    const own = ['LATEST_TABLE', 'HISTORY_TABLE', 'HISTORY_DAYS', 'GRAPHQL_URL'];
    assert.deepEqual(new Set(Object.keys(variables)), new Set([...every, ...own]));
  });

  test('gets large batches, after one second at the latest', () => {
    assert.equal(mapping['BatchSize'], 5_000);
    assert.equal(mapping['MaximumBatchingWindowInSeconds'], 1);
  });

  test('can be given other batches', () => {
    const other = new Synthesised(new SensorStateStack({ batchSize: 100 }));
    assert.equal(other.only('AWS::Lambda::EventSourceMapping').Properties['BatchSize'], 100);
  });

  test('keeps the history as long as it is told, if it can', () => {
    const told = (historyDays: number) => variablesOf(new Synthesised(new SensorStateStack({ historyDays }))).HISTORY_DAYS;
    assert.deepEqual([1, 36_500].map(told), ['1', '36500']);
    for (const days of [0, 36_501, 1.5, Number.NaN]) {
      assert.throws(() => told(days), /historyDays is .*, not a whole number from 1 to 36500/);
    }
  });
});

describe('the API', () => {
  const api = template.only('AWS::AppSync::GraphQLApi').Properties;

  test('knows users of the pool, by its one client, and IAM', () => {
    assert.equal(api['AuthenticationType'], 'AMAZON_COGNITO_USER_POOLS');
    const { UserPoolId, AppIdClientRegex, DefaultAction } = api['UserPoolConfig'];
    assert.equal(template.behind(UserPoolId).Type, 'AWS::Cognito::UserPool');
    assert.equal(template.behind(AppIdClientRegex).Type, 'AWS::Cognito::UserPoolClient');
    assert.equal(DefaultAction, 'ALLOW');
    assert.deepEqual(api['AdditionalAuthenticationProviders'], [{ AuthenticationType: 'AWS_IAM' }]);
  });

  test('does not tell its schema, and bounds a request', () => {
    assert.equal(api['IntrospectionConfig'], 'DISABLED');
    assert.equal(api['QueryDepthLimit'], 3);
    assert.equal(api['ResolverCountLimit'], 20);
  });

  test('logs nothing, since every log would have the readings', () => assert.equal(api['LogConfig'], undefined));

  test('answers every field of the schema with the code of its file, from where it is', () => {
    const resolvers = template.ofType('AWS::AppSync::Resolver').map(({ Properties }) => Properties);
    const sources = Object.fromEntries(
      resolvers.map(({ TypeName, FieldName, DataSourceName }) => [
        `${TypeName}.${FieldName}`,
        template.behind(DataSourceName).Properties['Name'],
      ]),
    );
    assert.deepEqual(sources, {
      'Query.latestReading': 'Latest',
      'Query.latestOfDevice': 'Latest',
      'Query.latestOfSite': 'Latest',
      'Query.history': 'History',
      'Mutation.publishReading': 'Input',
    });
    for (const { FieldName, Code, Runtime, Kind } of resolvers) {
      assert.equal(Code, resolverCode(FieldName));
      assert.deepEqual(Runtime, { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' });
      assert.equal(Kind, 'UNIT');
    }
  });

  test('gets its resolvers after its schema', () => {
    const schema = template.idOf(template.only('AWS::AppSync::GraphQLSchema'));
    for (const { DependsOn } of template.ofType('AWS::AppSync::Resolver')) assert.deepEqual(DependsOn, [schema]);
  });

  test('reads the two tables', () => {
    const sources = template.ofType('AWS::AppSync::DataSource').map(({ Properties }) => Properties);
    const tables = Object.fromEntries(sources.map(({ Name, Type, DynamoDBConfig: config }) => [
      Name,
      config === undefined ? Type : template.behind(config.TableName),
    ]));
    assert.deepEqual(tables, { Latest: table('deviceId'), History: table('sensor'), Input: 'NONE' });
  });
});

describe('the user pool', () => {
  const pool = template.only('AWS::Cognito::UserPool');
  const client = template.only('AWS::Cognito::UserPoolClient').Properties;

  test('lets nobody in uninvited, nor by a password alone', () => {
    assert.equal(pool.Properties['AdminCreateUserConfig'].AllowAdminCreateUserOnly, true);
    assert.equal(pool.Properties['MfaConfiguration'], 'ON');
    assert.deepEqual(pool.Properties['EnabledMfas'], ['SOFTWARE_TOKEN_MFA']);
    assert.equal(pool.Properties['Policies'].PasswordPolicy.MinimumLength, 12);
  });

  test('stays when the stack is deleted', () => {
    assert.equal(pool.Properties['DeletionProtection'], 'ACTIVE');
    assert.equal(pool.DeletionPolicy, 'Retain');
  });

  test('has a client without a secret, which tells nobody whether a user exists', () => {
    assert.equal(client['GenerateSecret'], false);
    assert.equal(client['PreventUserExistenceErrors'], 'ENABLED');
  });

  test('may be there already, wherever it is', () => {
    const given = new Synthesised(withPool);
    assert.deepEqual(given.ofType('AWS::Cognito::UserPool'), []);
    assert.deepEqual(given.ofType('AWS::Cognito::UserPoolClient'), []);
    assert.deepEqual(given.only('AWS::AppSync::GraphQLApi').Properties['UserPoolConfig'], {
      UserPoolId: 'eu-central-1_Plant',
      AwsRegion: 'eu-central-1',
      DefaultAction: 'ALLOW',
    });
    assert.equal(withPool.state.outputs['UserPoolId'], 'eu-central-1_Plant');
    assert.equal(withPool.state.outputs['UserPoolClientId'], undefined);
  });
});

describe('the sensors’ state', () => {
  test('has the outputs of the contract', () => {
    const { outputs } = stack.state;
    assert.deepEqual(Object.keys(outputs), [
      'StateDeadLetterBucketName',
      'StateOnFailureBucketName',
      'LatestTableName',
      'HistoryTableName',
      'SensorStateWriterFunctionName',
      'GraphqlUrl',
      'GraphqlApiId',
      'UserPoolId',
      'UserPoolClientId',
    ]);
    assert.deepEqual(Object.values(outputs).filter((value) => value === undefined), []);
  });

  test('is published where AppSync says', () => {
    const url = variablesOf(template).GRAPHQL_URL;
    assert.equal(url['Fn::GetAtt'][1], 'GraphQLUrl');
    assert.deepEqual(stack.resolve(stack.state.outputs['GraphqlUrl']), url);
  });

  test('is published at the emulator’s endpoint on the local cloud', () => {
    const url = variablesOf(local).GRAPHQL_URL;
    const [separator, [before, apiId, after]] = url['Fn::Join'];
    assert.equal([before, 'ID', after].join(separator), 'http://127.0.0.1:4566/v1/apis/ID/graphql');
    assert.equal(apiId['Fn::GetAtt'][1], 'ApiId');
    assert.deepEqual(localStack.resolve(localStack.state.outputs['GraphqlUrl']), url);
  });

  test('differs on the local cloud by the address, the mapping, and the way from resolvers to tables', () => {
    assert.deepEqual(Object.keys(local.resources), Object.keys(template.resources));
    const text = (of: Synthesised, id: string) => JSON.stringify(of.resources[id]?.Properties);
    const changed = Object.keys(local.resources).filter((id) => text(local, id) !== text(template, id));
    const types = changed.map((id) => local.resources[id]?.Type).sort();
    assert.deepEqual([...new Set(types)], [
      'AWS::AppSync::DataSource',
      'AWS::AppSync::GraphQLApi',
      'AWS::AppSync::Resolver',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
    ]);
    const { Properties } = local.only('AWS::AppSync::GraphQLApi');
    const { LATEST_TABLE, HISTORY_TABLE } = Properties['EnvironmentVariables'];
    for (const name of [LATEST_TABLE, HISTORY_TABLE]) assert.equal(local.behind(name).Type, 'AWS::DynamoDB::Table');
  });
});
