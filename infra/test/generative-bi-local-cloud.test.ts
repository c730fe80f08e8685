import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BI_LOCAL, generativeBi, Synthesised } from './synthesis.ts';

const onAws = new Synthesised(generativeBi({ architecture: 'x86_64' }));
const local = new Synthesised(generativeBi({ ...BI_LOCAL, architecture: 'x86_64' }));
const native = new Synthesised(generativeBi({ ...BI_LOCAL, changeCapture: 'native' }));

/** What the emulator takes of a template; it refuses Redshift, networks, schedules and custom resources of ours. */
const TAKEN = [
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
];

describe('generative BI on the local cloud', () => {
  test('is made of what the emulator takes', () => {
    for (const template of [local, native]) {
      const types = new Set(Object.values(template.resources).map(({ Type }) => Type));
      assert.deepEqual([...types].filter((type) => !TAKEN.includes(type)), []);
    }
  });

  test('has no alarm on an expression', () => {
    for (const template of [local, native]) {
      for (const { Properties } of template.ofType('AWS::CloudWatch::Alarm')) assert.equal(Properties['Metrics'], undefined);
    }
  });

  test('has the mapping disabled, for our driver to run, and the same in all else', () => {
    const [there, here] = [onAws, local].map((template) => template.only('AWS::Lambda::EventSourceMapping').Properties);
    assert.deepEqual(here, { ...there, Enabled: false });
  });

  test('differs in nothing else that it has, but in what the functions are told of the warehouse, and the migrations', () => {
    const same = Object.keys(local.resources).filter((id) => {
      assert.ok(id in onAws.resources, id);
      return JSON.stringify(local.resources[id]) === JSON.stringify(onAws.resources[id]);
    });
    const changed = Object.keys(local.resources).filter((id) => !same.includes(id));
    assert.deepEqual(changed.map((id) => local.resources[id]?.Type).sort(), [
      'AWS::Events::Rule',
      'AWS::IAM::Policy',
      'AWS::IAM::Policy',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
    ]);
    // These two wait for the migrations on AWS.
    for (const id of changed.filter((id) => /Events::Rule|Permission/.test(local.resources[id]?.Type ?? ''))) {
      assert.deepEqual(local.resources[id]?.Properties, onAws.resources[id]?.Properties);
    }
  });


  test('has every output of the contract', () => {
    const common = [
      'ChangeCapture',
      'DatabaseName',
      'IngestionRoleArn',
      'OrderChangeStreamArn',
      'OrderChangeStreamName',
      'OrdersTableArn',
      'OrdersTableName',
      'WarehouseMigratorFunctionName',
      'WarehouseMonitorFunctionName',
      'WorkgroupName',
    ];
    const ofForwarder = ['DeadLetterBucketName', 'ForwarderFunctionName', 'OnFailureBucketName'];
    for (const template of [onAws, local]) {
      const named = Object.keys(template.outputs).filter((name) => !name.startsWith('ExportsOutput'));
      assert.deepEqual(named.sort(), [...common, ...ofForwarder].sort());
    }
    assert.deepEqual(Object.keys(native.outputs).sort(), common);
    assert.equal(local.outputs['WorkgroupName']?.Value, 'generative-bi');
    assert.equal(local.outputs['DatabaseName']?.Value, 'analytics');
    assert.equal(native.outputs['ChangeCapture']?.Value, 'native');
  });

  test('tells the migrator the local warehouse’s users, and no secret', () => {
    const { SQL_PARAMETERS, ADMIN_SECRET_ARN } = local.lambda('warehouse-migrator').Properties['Environment'].Variables;
    assert.equal(ADMIN_SECRET_ARN, undefined);
    const text = JSON.stringify(SQL_PARAMETERS);
    for (const user of ['IAMR:quicksight', 'IAMR:warehouse-monitor']) assert.ok(text.includes(user), user);
  });

  test('has the table’s stream in the native mode too, from which its destination is bridged', () => {
    const { StreamSpecification, KinesisStreamSpecification } = native.only('AWS::DynamoDB::Table').Properties;
    assert.deepEqual(StreamSpecification, { StreamViewType: 'NEW_AND_OLD_IMAGES' });
    assert.equal(KinesisStreamSpecification.ApproximateCreationDateTimePrecision, 'MICROSECOND');
  });
});
