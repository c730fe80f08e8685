import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { migrations as migrationTexts } from './migrations.ts';
import { builtFunctions, generativeBi, replaceFunction, Synthesised } from './synthesis.ts';

const template = new Synthesised(generativeBi());
const migrations = template.only('Custom::WarehouseMigrations');
const workgroup = template.only('AWS::RedshiftServerless::Workgroup');
const WORKGROUP_ARN = { 'Fn::GetAtt': [template.idOf(workgroup), 'Workgroup.WorkgroupArn'] };
const SECRET = template.idOf(template.only('Custom::AdminSecret'));
const SECRET_ARN = { 'Fn::GetAtt': [SECRET, 'namespace.adminPasswordSecretArn'] };
const variables = (name: string) => template.lambda(name).Properties['Environment'].Variables;

/** What a function may do on which resources, without its log. */
function permissions(name: string): Record<string, any[]> {
  const allowed = template
    .permissionsOf(name)
    .flatMap(({ actions, resources }) => actions.map((action) => [action, resources] as const));
  return Object.fromEntries(allowed.filter(([action]) => !action.startsWith('logs:')));
}

const STATEMENTS = {
  'redshift-data:ExecuteStatement': [WORKGROUP_ARN],
  'redshift-data:DescribeStatement': ['*'],
  'redshift-data:GetStatementResult': ['*'],
};

describe('the migrator', () => {
  test('is told which warehouse, who it is there, and what stands in the SQL', () => {
    const { WORKGROUP_NAME, DATABASE_NAME, ADMIN_SECRET_ARN, SQL_PARAMETERS } = variables('warehouse-migrator');
    assert.equal(WORKGROUP_NAME, 'generative-bi');
    assert.equal(DATABASE_NAME, 'analytics');
    assert.deepEqual(ADMIN_SECRET_ARN, SECRET_ARN);
    assert.ok(JSON.stringify(SQL_PARAMETERS).includes('BI_USER'));
  });

  test('runs statements and transactions on this warehouse as its administrator, and no more', () => {
    const key = { 'Fn::GetAtt': [template.idOf(template.only('AWS::KMS::Key')), 'Arn'] };
    assert.deepEqual(permissions('warehouse-migrator'), {
      ...STATEMENTS,
      'redshift-data:BatchExecuteStatement': [WORKGROUP_ARN],
      'secretsmanager:GetSecretValue': [SECRET_ARN],
      'kms:Decrypt': [key],
    });
  });
});

describe('the parameters of the SQL', () => {
  const given = migrations.Properties['SqlParameters'];

  test('are all that the SQL names, and none that it does not', () => {
    const named = migrationTexts().flatMap((sql) => sql.match(/(?<=\$\{)\w+(?=\})/g) ?? []);
    assert.deepEqual(Object.keys(given).sort(), [...new Set(named)].sort());
  });

  test('name the stack’s own stream and roles', () => {
    assert.deepEqual(given.KINESIS_STREAM, { Ref: template.idOf(template.only('AWS::Kinesis::Stream')) });
    assert.deepEqual(given.INGESTION_ROLE_ARN, template.outputs['IngestionRoleArn']?.Value);
    assert.equal(given.BI_USER, 'dashboards');
    assert.equal(given.ADMIN_USER, template.only('AWS::RedshiftServerless::Namespace').Properties['AdminUsername']);
    const { 'Fn::GetAtt': [monitor] } = template.lambda('warehouse-monitor').Properties['Role'];
    assert.deepEqual(given.MONITOR_USER, { 'Fn::Join': ['', ['IAMR:', { Ref: monitor }]] });
  });
});

describe('the migrations', () => {
  test('are called for when the migrator is another, in which the SQL is, and not when it is the same', () => {
    const [one, same, other] = [builtFunctions(), builtFunctions(), builtFunctions()];
    replaceFunction(other, 'warehouse-migrator', '#!/bin/sh\n# with more SQL\n');
    const [first, again, changed] = [one, same, other].map((functionsDirectory) => {
      const built = new Synthesised(generativeBi({ functionsDirectory }));
      const { MigratorCode } = built.only('Custom::WarehouseMigrations').Properties;
      const { S3Key } = built.lambda('warehouse-migrator').Properties['Code'];
      assert.equal(S3Key, `${MigratorCode}.zip`);
      return MigratorCode;
    });
    assert.equal(again, first);
    assert.notEqual(changed, first);
  });

  test('wait for the warehouse and for its role’s permissions', () => {
    const role = template.behind(template.outputs['IngestionRoleArn']?.Value);
    const [policy] = template.policiesOf(role);
    assert.ok(policy !== undefined);
    for (const needed of [workgroup, policy]) assert.ok(migrations.DependsOn?.includes(template.idOf(needed)));
  });

  test('are answered within the hour of CloudFormation’s, however long each question takes', () => {
    const machine = JSON.stringify(template.only('AWS::StepFunctions::StateMachine').Properties['DefinitionString']);
    const number = (name: string) => Number(new RegExp(`${name}\\\\*":(\\d+)`).exec(machine)?.[1]);
    const [pause, repeats, backoff] = ['IntervalSeconds', 'MaxAttempts', 'BackoffRate'].map(number);
    assert.ok(pause !== undefined && repeats !== undefined);
    assert.deepEqual([pause, repeats, backoff], [20, 10, 1]);
    const question: number = template.lambda('warehouse-migrator').Properties['Timeout'];
    assert.ok(repeats * (question + pause) <= 55 * 60);
    // The first question is no repeat.
    assert.ok(question + repeats * (question + pause) < 60 * 60);
  });

  test('are run by functions that may call the migrator, and write an encrypted log', () => {
    const frames = template
      .ofType('AWS::Lambda::Function')
      .filter(({ Properties }) => String(Properties['Handler']).startsWith('framework.'));
    assert.equal(frames.length, 3);
    for (const { Properties } of frames) {
      assert.equal(template.behind(Properties['LoggingConfig'].LogGroup).Properties['RetentionInDays'], 30);
      assert.ok(Properties['KmsKeyArn'] !== undefined);
    }
  });
});

describe('the monitor', () => {
  test('looks at the streaming view every minute', () => {
    assert.equal(variables('warehouse-monitor').STREAMING_VIEWS, 'ingest.order_changes');
    const [rule] = template
      .ofType('AWS::Events::Rule')
      .filter(({ Properties }) => Properties['ScheduleExpression'] === 'rate(1 minute)');
    assert.ok(rule !== undefined);
    const [target] = rule.Properties['Targets'];
    assert.equal(template.behind(target.Arn), template.lambda('warehouse-monitor'));
  });

  test('begins after its user is there, which Redshift would make itself at the first sign-in', () => {
    const [rule] = template.ofType('AWS::Events::Rule').filter(({ Properties }) => 'ScheduleExpression' in Properties);
    assert.ok(rule?.DependsOn?.includes(template.idOf(migrations)));
    // The migrations name the function's role, so that the function cannot wait for them.
    assert.ok(!template.lambda('warehouse-monitor').DependsOn?.includes(template.idOf(migrations)));
  });

  test('ends before the next look, and is alone', () => {
    const { Timeout, ReservedConcurrentExecutions } = template.lambda('warehouse-monitor').Properties;
    assert.equal(Timeout, 50);
    assert.equal(ReservedConcurrentExecutions, 1);
  });

  test('signs in as itself, and never as the administrator', () => {
    assert.deepEqual(permissions('warehouse-monitor'), {
      ...STATEMENTS,
      'redshift-serverless:GetCredentials': [WORKGROUP_ARN],
    });
    assert.equal(variables('warehouse-monitor').SECRET_ARN, undefined);
  });
});

describe('the schedules', () => {
  const schedules = template.ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);
  const input = (schedule: Record<string, any>) => flatten(schedule['Target'].Input);
  const queue = template.only('AWS::SQS::Queue');

  test('fold the changes every quarter of an hour, and prune them at night', () => {
    assert.deepEqual(schedules.map((schedule) => [schedule['ScheduleExpression'], input(schedule).Sql]), [
      ['rate(15 minutes)', 'CALL warehouse.fold_order_changes()'],
      ['cron(30 3 * * ? *)', 'CALL warehouse.prune_order_changes()'],
    ]);
  });

  test('call the Data API without a function between', () => {
    for (const schedule of schedules) {
      assert.ok(JSON.stringify(schedule['Target'].Arn).includes(':scheduler:::aws-sdk:redshiftdata:executeStatement'));
      const { WorkgroupName, Database, SecretArn, WithEvent } = input(schedule);
      assert.deepEqual([WorkgroupName, Database, WithEvent], ['generative-bi', 'analytics', true]);
      assert.equal(SecretArn, '{…}');
    }
  });

  test('are run once for each time, also when the scheduler calls twice', () => {
    for (const schedule of schedules) {
      const { ClientToken, StatementName } = input(schedule);
      assert.equal(ClientToken, `${StatementName}-<aws.scheduler.scheduled-time>`);
      // A token has at most 64 characters.
      // https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html
      assert.ok(ClientToken.replace('<aws.scheduler.scheduled-time>', '2026-11-25T00:00:00Z').length <= 64);
    }
  });

  test('lose no call that could not be made', () => {
    for (const { Target } of schedules) {
      assert.equal(template.behind(Target.DeadLetterConfig.Arn), queue);
      assert.deepEqual(Target.RetryPolicy, { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 5 });
    }
  });

  test('lose no statement that failed after it was submitted', () => {
    const [rule] = template.ofType('AWS::Events::Rule').filter(({ Properties }) => Properties['EventPattern'] !== undefined);
    assert.deepEqual(rule?.Properties['EventPattern'], {
      source: ['aws.redshift-data'],
      'detail-type': ['Redshift Data Statement Status Change'],
      detail: { state: ['FAILED', 'ABORTED'], statementName: schedules.map((schedule) => input(schedule).StatementName) },
    });
    assert.equal(template.behind(rule?.Properties['Targets'][0].Arn), queue);
  });

  test('may execute on this warehouse, read the administrator’s secret, and keep failures', () => {
    const role = template.behind(schedules[0]?.['Target'].RoleArn);
    const [policy, ...others] = template.policiesOf(role);
    assert.deepEqual(others, []);
    const allowed = policy?.Properties['PolicyDocument'].Statement.map(({ Action, Resource }: any) => [Action, Resource]);
    assert.deepEqual(allowed, [
      ['redshift-data:ExecuteStatement', WORKGROUP_ARN],
      ['secretsmanager:GetSecretValue', SECRET_ARN],
      ['kms:Decrypt', { 'Fn::GetAtt': [template.idOf(template.only('AWS::KMS::Key')), 'Arn'] }],
      ['sqs:SendMessage', { 'Fn::GetAtt': [template.idOf(queue), 'Arn'] }],
    ]);
    const [trust] = role.Properties['AssumeRolePolicyDocument'].Statement;
    assert.equal(trust.Principal.Service, 'scheduler.amazonaws.com');
    assert.deepEqual(Object.keys(trust.Condition.StringEquals), ['aws:SourceAccount', 'aws:SourceArn']);
  });

  test('begin after what they call is there', () => {
    for (const { DependsOn } of template.ofType('AWS::Scheduler::Schedule')) {
      assert.ok(DependsOn?.includes(template.idOf(migrations)));
    }
  });
});

/** JSON with references in it, each written as `{…}`. */
function flatten(value: any): Record<string, any> {
  const parts: any[] = typeof value === 'string' ? [value] : value['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '{…}')).join(''));
}
