import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { IOT_BARE, IOT_LOCAL, iotInference, Synthesised } from './synthesis.ts';

const onAws = new Synthesised(iotInference());
const bare = new Synthesised(iotInference(IOT_BARE));

/** A template's text with the partition, region and account of the stack written out. */
function text(value: any): any {
  if (Array.isArray(value)) return value.map(text);
  if (value === null || typeof value !== 'object') return value;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map((part: any) => text(part)).join('');
  if ('Ref' in value) return `<${value.Ref.replace('AWS::', '')}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, text(part)]));
}

/** The ingestion's own rule among the rules of a stack. */
function rule(template: Synthesised, sql: RegExp): any {
  const rules = template.ofType('AWS::IoT::TopicRule').map(({ Properties }) => Properties['TopicRulePayload']);
  const found = rules.filter(({ Sql }) => sql.test(text(Sql)));
  assert.equal(found.length, 1, String(sql));
  return found[0];
}

const ARN = 'arn:<Partition>:iot:<Region>:<AccountId>';
const THING = '${iot:Connection.Thing.ThingName}';

describe('the device policy', () => {
  const policies = onAws.ofType('AWS::IoT::Policy').map(({ Properties }) => text(Properties['PolicyDocument']));
  const policy = policies.find(({ Statement }) => Statement.length === 2);

  test('lets a device connect as itself and publish under its own name, and nothing else', () => {
    assert.deepEqual(policy, {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iot:Connect',
          Resource: `${ARN}:client/${THING}`,
          Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
        },
        { Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}:topic/telemetry/*/${THING}` },
      ],
    });
  });
});

describe('the telemetry rule', () => {
  const payload = rule(onAws, /^SELECT \* FROM 'telemetry\/\+\/\+'$/);

  test('puts the whole payload on the stream, by device', () => {
    const [action, ...others] = payload.Actions;
    assert.deepEqual(others, []);
    assert.equal(action.Kinesis.PartitionKey, '${topic(3)}');
    assert.equal(onAws.behind(action.Kinesis.StreamName).Type, 'AWS::Kinesis::Stream');
    assert.equal(payload.AwsIotSqlVersion, '2016-03-23');
    assert.equal(payload.RuleDisabled, false);
  });

  test('keeps what the stream does not take under a key that never overwrites', () => {
    const { S3 } = payload.ErrorAction;
    assert.equal(onAws.behind(S3.BucketName).Type, 'AWS::S3::Bucket');
    assert.equal(S3.Key, 'telemetry/${parse_time("yyyy/MM/dd/HH", timestamp(), "UTC")}/${newuuid()}.json');
  });

  test('may put on the one stream and into the one bucket', () => {
    const role = onAws.behind(payload.Actions[0].Kinesis.RoleArn);
    assert.deepEqual(role.Properties['AssumeRolePolicyDocument'].Statement, [
      {
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        Effect: 'Allow',
        Principal: { Service: 'iot.amazonaws.com' },
      },
    ]);
    const statements = onAws.policiesOf(role).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);
    const allowed = statements.map(({ Action, Resource }: any) => [Action, text(Resource)]);
    const bucket = onAws.idOf(onAws.behind(payload.ErrorAction.S3.BucketName));
    const stream = onAws.idOf(onAws.behind(payload.Actions[0].Kinesis.StreamName));
    assert.deepEqual(allowed.slice(0, 2), [
      ['kinesis:PutRecord', `<${stream}.Arn>`],
      ['s3:PutObject', `<${bucket}.Arn>/telemetry/*`],
    ]);
    const key = onAws.idOf(onAws.only('AWS::KMS::Key'));
    assert.deepEqual(allowed.slice(2), [['kms:GenerateDataKey', `<${key}.Arn>`]]);
  });

  test('is watched: what is not delivered, what is lost, what is throttled', () => {
    const name = onAws.idOf(onAws.ofType('AWS::IoT::TopicRule').find(({ Properties }) => Properties['TopicRulePayload'] === payload)!);
    const alarms = onAws.ofType('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const queries = ['Failure', 'ErrorActionFailure'].map(
      (failure) => `SELECT SUM(${failure}) FROM SCHEMA("AWS/IoT", ActionType, RuleName) WHERE RuleName = '<${name}>'`,
    );
    for (const query of queries) {
      const found = alarms.filter(({ Metrics }) => text(Metrics?.[0].Expression) === query);
      assert.equal(found.length, 1, query);
      assert.equal(found[0]?.['AlarmActions'].length, 1);
      assert.equal(found[0]?.['Threshold'], 1);
    }
    const throttled = alarms.filter(({ MetricName, Dimensions }) =>
      MetricName === 'RuleMessageThrottled' && Dimensions[0].Value.Ref === name);
    assert.equal(throttled.length, 1);
  });

  test('has no alarm on a query on the local cloud, whose emulator takes none', () => {
    const local = new Synthesised(iotInference(IOT_LOCAL));
    for (const { Properties } of local.ofType('AWS::CloudWatch::Alarm')) assert.equal(Properties['Metrics'], undefined);
  });
});

describe('fleet provisioning', () => {
  const template = onAws.only('AWS::IoT::ProvisioningTemplate').Properties;
  const body = JSON.parse(text(template['TemplateBody']));

  test('makes a thing of the device’s name with its certificate, under the device policy', () => {
    assert.deepEqual(Object.keys(body.Parameters), ['DeviceId', 'AWS::IoT::Certificate::Id']);
    assert.deepEqual(body.Resources.thing.Properties, { ThingName: { Ref: 'DeviceId' } });
    assert.equal(body.Resources.certificate.Properties.Status, 'Active');
    assert.match(body.Resources.policy.Properties.PolicyName, /^<IngestionDevicePolicy/);
  });

  test('is enabled only with a function that knows the devices', () => {
    assert.equal(template['Enabled'], true);
    assert.equal(template['PreProvisioningHook'].TargetArn, 'arn:aws:lambda:us-east-1:111122223333:function:known-devices');
    const withoutHook = bare.only('AWS::IoT::ProvisioningTemplate').Properties;
    assert.equal(withoutHook['Enabled'], false);
    assert.equal(withoutHook['PreProvisioningHook'], undefined);
    const permissions = onAws.ofType('AWS::Lambda::Permission').filter(({ Properties }) => Properties['Principal'] === 'iot.amazonaws.com');
    assert.deepEqual(permissions.map(({ Properties }) => Properties['FunctionName']), [template['PreProvisioningHook'].TargetArn]);
    assert.deepEqual(permissions[0]?.Properties['SourceAccount'], { Ref: 'AWS::AccountId' });
  });

  test('lets a claim certificate ask for a certificate and for this template, and hear the answers', () => {
    const policies = onAws.ofType('AWS::IoT::Policy').map(({ Properties }) => text(Properties['PolicyDocument']));
    const [connect, publish, receive, subscribe] = policies.find(({ Statement }) => Statement.length === 4).Statement;
    assert.deepEqual(connect.Resource, [`${ARN}:client/provision-*`]);
    const name = `<${onAws.idOf(onAws.only('AWS::IoT::ProvisioningTemplate'))}>`;
    const topics = ['$aws/certificates/create/json', `$aws/provisioning-templates/${name}/provision/json`];
    assert.deepEqual(publish.Resource, topics.map((topic) => `${ARN}:topic/${topic}`));
    const answers = topics.flatMap((topic) => [`${topic}/accepted`, `${topic}/rejected`]);
    assert.deepEqual(receive.Resource, answers.map((topic) => `${ARN}:topic/${topic}`));
    assert.deepEqual(subscribe.Resource, answers.map((topic) => `${ARN}:topicfilter/${topic}`));
  });
});
