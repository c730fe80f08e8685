import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { AwsSolutionsChecks } from 'cdk-nag';

import { LOCAL, SensorStateStack } from './sensor-state-stack.ts';
import { INFRA, ON_AWS, type Resource, Synthesised, templateFile } from './synthesis.ts';

const POOL = 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Plant';
const CRATE = path.join(INFRA, '../crates/iot-inference/sensor-state-writer');

const template = new Synthesised(new SensorStateStack());

/** Which table, or index, a part of an ARN's join or an attribute names. */
function named(arn: any): string {
  const [of, suffix = ''] = arn['Fn::Join']?.[1] ?? [arn];
  const { Type, Properties } = template.behind(of);
  const key = Type === 'AWS::DynamoDB::Table' ? Properties['KeySchema'][0].AttributeName : Type;
  return `${key}${suffix}`;
}

/** What a policy's statements allow but the key, the action by what it is allowed on. */
function allowed(statements: Record<string, any>[], service: string): Record<string, string[]> {
  const found = statements.filter(({ Action }) => [Action].flat()[0].startsWith(service));
  return Object.fromEntries(found.map(({ Action, Resource: arns }) => [Action, [arns].flat().map(named)]));
}

function statementsOf(role: Resource): Record<string, any>[] {
  return template.policiesOf(role).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);
}

function roleOfSource(name: string): Resource {
  const source = template.ofType('AWS::AppSync::DataSource').find(({ Properties }) => Properties['Name'] === name);
  return template.behind(source?.Properties['ServiceRoleArn']);
}

/** The key may be used by DynamoDB in the caller's name, and in no other way. */
function usesKeyByDynamoDbOnly(role: Resource): void {
  const decrypting = statementsOf(role).filter(({ Action }) => [Action].flat().includes('kms:Decrypt'));
  assert.equal(decrypting.length, 1);
  const via = decrypting[0]?.['Condition'].StringEquals['kms:ViaService'];
  assert.deepEqual(via, { 'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.amazonaws.com']] });
  assert.equal(template.behind(decrypting[0]?.['Resource']).Type, 'AWS::KMS::Key');
}

describe('the writer', () => {
  const role = template.behind(template.lambda('sensor-state-writer').Properties['Role']);

  test('may put into each table in its one way, and may not read', () => {
    assert.deepEqual(allowed(statementsOf(role), 'dynamodb:'), {
      'dynamodb:PutItem': ['deviceId'],
      'dynamodb:BatchWriteItem': ['sensor'],
    });
    usesKeyByDynamoDbOnly(role);
  });

  test('may call the one field', () => {
    const field = allowed(statementsOf(role), 'appsync:');
    assert.deepEqual(field, { 'appsync:GraphQL': ['AWS::AppSync::GraphQLApi/types/Mutation/fields/publishReading'] });
  });

  test('may do what its README says', () => {
    const readme = readFileSync(path.join(CRATE, 'README.md'), 'utf8').replace(/\s+/g, ' ');
    const [said = ''] = /The role needs [^]*?Kinesis stream\./.exec(readme) ?? [];
    const actions = [...said.matchAll(/`((?:dynamodb|appsync):\w+)`/g)].map(([, action]) => action);
    const may = [...Object.keys(allowed(statementsOf(role), 'dynamodb:')), 'appsync:GraphQL'];
    assert.deepEqual(new Set(actions), new Set(may));
  });
});

describe('the API', () => {
  test('may read each table, with a role of its own, and may not write', () => {
    assert.deepEqual(allowed(statementsOf(roleOfSource('Latest')), 'dynamodb:'), {
      'dynamodb:GetItem': ['deviceId'],
      'dynamodb:Query': ['deviceId', 'deviceId/index/bySite'],
    });
    assert.deepEqual(allowed(statementsOf(roleOfSource('History')), 'dynamodb:'), { 'dynamodb:Query': ['sensor'] });
    for (const name of ['Latest', 'History']) usesKeyByDynamoDbOnly(roleOfSource(name));
  });

  test('has roles that AppSync takes on', () => {
    for (const name of ['Latest', 'History']) {
      const [trust, ...others] = roleOfSource(name).Properties['AssumeRolePolicyDocument'].Statement;
      assert.deepEqual(others, []);
      assert.deepEqual(trust.Principal, { Service: 'appsync.amazonaws.com' });
      assert.equal(trust.Condition, undefined);
    }
  });
});

test('nobody may do everything, nor anything on everything', () => {
  for (const { actions, resources } of template.permissions()) {
    assert.deepEqual(actions.filter((action) => action.includes('*')), []);
    assert.ok(!resources.includes('*'));
  }
});

type Expected = [string, string, Record<string, string>, string, number, number];

describe('an alarm rings for', () => {
  const latest = { TableName: 'deviceId' };
  const history = { TableName: 'sensor' };
  const bySite = { ...latest, GlobalSecondaryIndexName: 'bySite' };
  const api = { GraphQLAPIId: 'AWS::AppSync::GraphQLApi' };
  const expected: Expected[] = [
    ['AWS/AppSync', '5XXError', api, 'Sum', 1, 3],
    ['AWS/AppSync', 'Latency', api, 'Average', 1000, 5],
    ['AWS/DynamoDB', 'WriteThrottleEvents', latest, 'Sum', 1, 5],
    ['AWS/DynamoDB', 'WriteThrottleEvents', bySite, 'Sum', 1, 5],
    ['AWS/DynamoDB', 'WriteThrottleEvents', history, 'Sum', 1, 5],
    ['AWS/DynamoDB', 'ReadThrottleEvents', latest, 'Sum', 1, 5],
    ['AWS/DynamoDB', 'ReadThrottleEvents', bySite, 'Sum', 1, 5],
    ['AWS/DynamoDB', 'ReadThrottleEvents', history, 'Sum', 1, 5],
    ['KinesisAiPatterns/State', 'BatchesNotPublished', {}, 'Sum', 1, 3],
    ...['PutItem', 'GetItem', 'Query'].map(
      (Operation): Expected => ['AWS/DynamoDB', 'SystemErrors', { ...latest, Operation }, 'Sum', 1, 3],
    ),
    ...['BatchWriteItem', 'Query'].map(
      (Operation): Expected => ['AWS/DynamoDB', 'SystemErrors', { ...history, Operation }, 'Sum', 1, 3],
    ),
  ];
  const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

  for (const [namespace, name, dimensions, statistic, threshold, minutes] of expected) {
    test(`${name} of ${Object.values(dimensions).join('/') || 'the log'}`, () => {
      const [alarm, ...others] = alarms.filter(({ Namespace, MetricName, Dimensions }) =>
        Namespace === namespace && MetricName === name && same(dimensionsOf(Dimensions), dimensions));
      assert.deepEqual(others, []);
      assert.equal(alarm?.['Statistic'], statistic);
      assert.equal(alarm?.['Threshold'], threshold);
      assert.equal(alarm?.['EvaluationPeriods'], minutes);
      assert.equal(alarm?.['Period'], 60);
      assert.equal(alarm?.['TreatMissingData'], 'notBreaching');
    });
  }

  test('nobody alone: each tells the topic', () => {
    for (const { AlarmActions } of alarms) assert.deepEqual(AlarmActions, [ON_AWS.alarmTopicArn]);
  });

  test('what the writer warns of, by the name that its log has', () => {
    const { FilterPattern, LogGroupName, MetricTransformations: to } =
      template.only('AWS::Logs::MetricFilter').Properties;
    assert.equal(FilterPattern, '"notifications.failed"');
    const log = template.lambda('sensor-state-writer').Properties['LoggingConfig'].LogGroup;
    assert.deepEqual(LogGroupName, log);
    assert.deepEqual(to, [{ MetricName: 'BatchesNotPublished', MetricNamespace: 'KinesisAiPatterns/State', MetricValue: '1' }]);
    assert.match(readFileSync(path.join(CRATE, 'src/handler.rs'), 'utf8'), /warn!\(\s*notifications\.failed = /);
  });
});

describe('the sensors’ state', () => {
  const stacks = [new SensorStateStack(), new SensorStateStack({ userPoolArn: POOL }), new SensorStateStack(LOCAL)];

  test('has no finding of cdk-nag that is not answered with a reason', () => {
    for (const stack of stacks) {
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      assert.deepEqual(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources]), []);
    }
  });

  test('has no finding of cfn-lint', () => {
    const program = path.join(INFRA, '../.venv/bin/cfn-lint');
    const { error, status, stdout } = spawnSync(program, stacks.map(templateFile), { cwd: INFRA, encoding: 'utf8' });
    assert.equal(error, undefined);
    assert.equal(status, 0, stdout);
  });
});

/** What an alarm's metric is of, by the key of a table or the type of another resource. */
function dimensionsOf(dimensions: { Name: string; Value: any }[] = []): Record<string, string> {
  return Object.fromEntries(
    dimensions.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : named(Value)]),
  );
}

function same(one: Record<string, string>, other: Record<string, string>): boolean {
  const text = (of: Record<string, string>) => JSON.stringify(Object.entries(of).sort());
  return text(one) === text(other);
}
