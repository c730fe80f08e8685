import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { BARE, INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const environment = environmentOf(template);
const stream = template.only('AWS::Kinesis::Stream');

function environmentOf(synthesised: Synthesised): Record<string, any> {
  return synthesised.lambda('put-events-forwarder').Properties['Environment'].Variables;
}

describe('the interaction stream', () => {
  test('is encrypted with the pattern’s key', () => {
    const { EncryptionType, KeyId } = stream.Properties['StreamEncryption'];
    assert.equal(EncryptionType, 'KMS');
    assert.equal(template.behind(KeyId).Type, 'AWS::KMS::Key');
  });

  test('keeps records for a week', () => assert.equal(stream.Properties['RetentionPeriodHours'], 168));

  test('stays when the stack is deleted', () => assert.equal(stream.DeletionPolicy, 'Retain'));
});

describe('the key', () => {
  const key = template.only('AWS::KMS::Key');

  test('is rotated and stays when the stack is deleted', () => {
    assert.equal(key.Properties['EnableKeyRotation'], true);
    assert.equal(key.DeletionPolicy, 'Retain');
  });

  test('serves CloudWatch Logs for the log groups of this account alone', () => {
    const statement = key.Properties['KeyPolicy'].Statement.find(({ Principal }: any) => Principal.Service);
    assert.ok(JSON.stringify(statement.Principal.Service).includes('logs.'));
    const logGroups = JSON.stringify(statement.Condition.ArnLike['kms:EncryptionContext:aws:logs:arn']);
    assert.ok(logGroups.includes('AWS::AccountId') && logGroups.includes(':log-group:*'));
  });
});

describe('the forwarder is told', () => {
  test('where events, items and users go', () => {
    assert.equal(environment.TRACKING_ID, ON_AWS.trackingId);
    assert.equal(environment.ITEMS_DATASET_ARN, ON_AWS.itemsDatasetArn);
    assert.equal(environment.USERS_DATASET_ARN, ON_AWS.usersDatasetArn);
  });

  test('nothing of datasets that are not configured', () => {
    const bare = environmentOf(new Synthesised(recommendations(BARE)));
    assert.ok(!('ITEMS_DATASET_ARN' in bare) && !('USERS_DATASET_ARN' in bare));
  });

  test('its share of the PutEvents quota: 1,000 over 4 shards, 2 batches each', () => {
    assert.equal(environment.PUT_EVENTS_PER_SECOND, '125');
  });

  test('its share of a quota that was raised', () => {
    const raised = new Synthesised(recommendations({ ...ON_AWS, putEventsPerSecondQuota: '4001' }));
    assert.equal(environmentOf(raised).PUT_EVENTS_PER_SECOND, '500');
  });

  test('nothing that it does not read', () => {
    const config = path.join(INFRA, '../crates/recommendations/put-events-forwarder/src/config.rs');
    const read = readFileSync(config, 'utf8');
    for (const variable of Object.keys(environment)) assert.ok(read.includes(`"${variable}"`), variable);
  });
});

describe('the forwarder may', () => {
  test('send events, an action that takes no resource', () => {
    assert.deepEqual(template.allowedOn('personalize:PutEvents'), ['*']);
  });

  test('put items into its dataset alone', () => {
    assert.deepEqual(template.allowedOn('personalize:PutItems'), [ON_AWS.itemsDatasetArn]);
  });

  test('put users into its dataset alone', () => {
    assert.deepEqual(template.allowedOn('personalize:PutUsers'), [ON_AWS.usersDatasetArn]);
  });

  test('put neither without a dataset', () => {
    const bare = new Synthesised(recommendations(BARE));
    assert.deepEqual(bare.allowedOn('personalize:PutItems'), []);
    assert.deepEqual(bare.allowedOn('personalize:PutUsers'), []);
  });

  test('subscribe to its consumer alone', () => {
    for (const action of ['kinesis:SubscribeToShard', 'kinesis:DescribeStreamConsumer']) {
      const types = template.allowedOn(action).map((resource) => template.behind(resource).Type);
      assert.deepEqual(types, ['AWS::Kinesis::StreamConsumer'], action);
    }
  });

  test('read its stream alone', () => {
    for (const action of ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards']) {
      const types = template.allowedOn(`kinesis:${action}`).map((resource) => template.behind(resource).Type);
      assert.deepEqual(types, ['AWS::Kinesis::Stream'], action);
    }
  });

  test('write objects under its two prefixes alone, and read none', () => {
    const prefixes = template.allowedOn('s3:PutObject').map((resource) => resource['Fn::Join'][1].at(-1));
    assert.deepEqual(prefixes.sort(), ['/aws/lambda/*', '/dead-letters/*']);
    assert.deepEqual(template.allowedOn('s3:GetObject'), []);
  });

  test('use the pattern’s key alone', () => {
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      const types = template.allowedOn(action).map((resource) => template.behind(resource).Type);
      assert.ok(types.length > 0 && types.every((type) => type === 'AWS::KMS::Key'), action);
    }
  });
});

describe('the outputs', () => {
  const { outputs } = template;
  const behind = (name: string) => template.behind(outputs[name]?.Value);

  test('name what a producer, an app, an operator and a test need, and nothing else', () => {
    assert.deepEqual(Object.keys(outputs).sort(), [
      'ApiStage',
      'CollectorApiId',
      'CollectorUrl',
      'DeadLetterBucketName',
      'ForwarderFunctionName',
      'InteractionStreamArn',
      'InteractionStreamName',
      'OnFailureBucketName',
      'RecommendationApiFunctionName',
      'RecommendationApiId',
      'RecommendationApiUrl',
      'ServiceClientId',
      'SessionAuthorizerFunctionName',
      'StateTableName',
      'TrackingId',
      'UserPoolClientId',
      'UserPoolId',
    ]);
  });

  test('lead to the resources', () => {
    assert.equal(behind('InteractionStreamName'), stream);
    assert.equal(behind('InteractionStreamArn'), stream);
    assert.equal(behind('ForwarderFunctionName'), template.lambda('put-events-forwarder'));
    assert.equal(behind('SessionAuthorizerFunctionName'), template.lambda('session-authorizer'));
    assert.equal(behind('RecommendationApiFunctionName'), template.lambda('recommendation-api'));
    assert.deepEqual(outputs['DeadLetterBucketName']?.Value, environment.DEAD_LETTER_BUCKET);
    assert.equal(behind('OnFailureBucketName').Type, 'AWS::S3::Bucket');
    assert.equal(behind('StateTableName'), template.only('AWS::DynamoDB::Table'));
    assert.equal(behind('UserPoolId'), template.only('AWS::Cognito::UserPool'));
    assert.equal(outputs['TrackingId']?.Value, ON_AWS.trackingId);
  });

  test('lead to both APIs and their stage', () => {
    assert.equal(outputs['ApiStage']?.Value, 'prod');
    const apis = [
      ['collector', 'CollectorApiId', 'CollectorUrl'],
      ['recommendation-api', 'RecommendationApiId', 'RecommendationApiUrl'],
    ] as const;
    for (const [name, idOutput, urlOutput] of apis) {
      const { restApi } = template.api(name);
      assert.equal(behind(idOutput), restApi);
      const url = JSON.stringify(outputs[urlOutput]?.Value);
      assert.ok(url.includes(template.idOf(restApi)) && url.includes('.execute-api.'), url);
    }
  });
});
