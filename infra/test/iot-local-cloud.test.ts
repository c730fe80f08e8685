import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { IOT_BARE, IOT_LOCAL, iotInference, Synthesised } from './synthesis.ts';

const onAws = new Synthesised(iotInference({ pattern: 'iot-inference', architecture: 'x86_64' }));
const local = new Synthesised(iotInference({ ...IOT_LOCAL, architecture: 'x86_64' }));

/** What the local cloud is told, besides what it refuses. */
const DIFFERENT = [
  // The consumer, which the emulator's CloudFormation has no type for: a function registers it.
  'AWS::Kinesis::StreamConsumer',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'Custom::StreamConsumer',
  // Those on a query over metrics, which the emulator does not take.
  'AWS::CloudWatch::Alarm',
];

describe('IoT inference on the local cloud', () => {
  test('has the mappings disabled, for our driver to run, and the same in all else', () => {
    const [there, here] = [onAws, local].map((template) => template.ofType('AWS::Lambda::EventSourceMapping'));
    assert.equal(here?.length, 2);
    for (const [place, { Properties }] of here.entries()) {
      const { EventSourceArn, ...rest } = Properties;
      const { EventSourceArn: _, ...expected } = there?.[place]?.Properties ?? {};
      assert.deepEqual(rest, { ...expected, Enabled: false });
      assert.ok(EventSourceArn !== undefined);
    }
  });

  test('is made of the same resources, but for the consumer and alarms on queries', () => {
    const added = Object.entries(local.resources).filter(([id]) => !(id in onAws.resources));
    const missing = Object.entries(onAws.resources).filter(([id]) => !(id in local.resources));
    const types = [...added, ...missing].map(([, { Type }]) => Type);
    assert.deepEqual([...new Set(types)].filter((type) => !DIFFERENT.includes(type)), []);
  });

  test('differs in what functions are told, in Firehose’s buffer, in the consumer, and in the way from resolvers to tables', () => {
    const changed = Object.entries(local.resources).filter(
      ([id, resource]) => id in onAws.resources && JSON.stringify(resource) !== JSON.stringify(onAws.resources[id]),
    );
    assert.deepEqual([...new Set(changed.map(([, { Type }]) => Type))].sort(), [
      'AWS::AppSync::DataSource',
      'AWS::AppSync::GraphQLApi',
      'AWS::AppSync::Resolver',
      'AWS::KinesisFirehose::DeliveryStream',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'Custom::StreamConsumer',
    ]);
  });

  test('sends notifications where the emulator’s API answers', () => {
    const { GRAPHQL_URL } = local.lambda('sensor-state-writer').Properties['Environment'].Variables;
    const [separator, [before, api, behind]] = GRAPHQL_URL['Fn::Join'];
    assert.equal(separator, '');
    assert.deepEqual([before, behind], ['http://127.0.0.1:4566/v1/apis/', '/graphql']);
    assert.equal(local.behind(api).Type, 'AWS::AppSync::GraphQLApi');
  });

  test('has every output of the contract', () => {
    const always = [
      'ArchiveBucketName',
      'ArchiveDatabaseName',
      'ArchiveSource',
      'ArchiveTableName',
      'ArchiveViewName',
      'AthenaWorkGroupName',
      'ClaimPolicyName',
      'DeliveryStreamName',
      'DevicePolicyName',
      'GraphqlApiId',
      'GraphqlUrl',
      'HistoryTableName',
      'IngestionErrorBucketName',
      'LatestTableName',
      'ProvisioningTemplateName',
      'SensorStateWriterFunctionName',
      'StateDeadLetterBucketName',
      'StateOnFailureBucketName',
      'TelemetryRuleName',
      'TelemetryStreamArn',
      'TelemetryStreamName',
      'UserPoolId',
    ];
    const ofWriter = ['ArchiveDeadLetterBucketName', 'ArchiveOnFailureBucketName', 'FirehoseWriterFunctionName'];
    const withOwnPool = [...always, ...ofWriter, 'UserPoolClientId'].sort();
    for (const template of [onAws, local]) assert.deepEqual(Object.keys(template.outputs).sort(), withOwnPool);
    assert.deepEqual(Object.keys(new Synthesised(iotInference(IOT_BARE)).outputs).sort(), always);
  });
});
