import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Duration, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';

import { DataKey } from '../lib/constructs/data-key.ts';
import { DYNAMODB_STREAM_RETENTION, DynamoDbStream, NEW_TABLE_PARTITIONS } from '../lib/constructs/dynamodb-stream.ts';
import { RETENTION_MARGIN } from '../lib/constructs/record-age.ts';
import { app, BI_NATIVE, BI_ON_AWS, generativeBi, Synthesised } from './synthesis.ts';

const forwarding = new Synthesised(generativeBi());
const native = new Synthesised(generativeBi(BI_NATIVE));
const { redactedAttributes: _, forwardedItems: __, ...open } = BI_ON_AWS;
const cutOver = new Synthesised(generativeBi({ ...open, cutOver: 'true' }));
const table = (template: Synthesised) => template.only('AWS::DynamoDB::Table');
const stream = forwarding.only('AWS::Kinesis::Stream');

describe('the orders table', () => {
  const { Properties, DeletionPolicy } = table(forwarding);

  test('has an item for each line of an order', () => {
    assert.deepEqual(Properties['KeySchema'], [
      { AttributeName: 'orderId', KeyType: 'HASH' },
      { AttributeName: 'line', KeyType: 'RANGE' },
    ]);
    assert.deepEqual(Properties['AttributeDefinitions'], [
      { AttributeName: 'orderId', AttributeType: 'S' },
      { AttributeName: 'line', AttributeType: 'N' },
    ]);
  });

  test('takes what comes', () => assert.equal(Properties['BillingMode'], 'PAY_PER_REQUEST'));

  test('is encrypted with the pattern’s key', () => {
    const { SSEType, KMSMasterKeyId } = Properties['SSESpecification'];
    assert.equal(SSEType, 'KMS');
    assert.equal(forwarding.behind(KMSMasterKeyId).Type, 'AWS::KMS::Key');
  });

  test('is not lost by a deletion, nor by a bad write', () => {
    assert.equal(DeletionPolicy, 'Retain');
    assert.equal(Properties['DeletionProtectionEnabled'], true);
    assert.equal(Properties['PointInTimeRecoverySpecification'].PointInTimeRecoveryEnabled, true);
  });

  test('forgets items at their time', () => {
    assert.deepEqual(Properties['TimeToLiveSpecification'], { AttributeName: 'expiresAt', Enabled: true });
  });
});

describe('changes leave the table', () => {
  const ways = (template: Synthesised) => {
    const { StreamSpecification, KinesisStreamSpecification } = table(template).Properties;
    return { own: StreamSpecification, kinesis: KinesisStreamSpecification };
  };
  const images = { StreamViewType: 'NEW_AND_OLD_IMAGES' };

  test('by its own stream, with both images, for the forwarder', () => {
    assert.deepEqual(ways(forwarding), { own: images, kinesis: undefined });
  });

  test('by DynamoDB itself with exact times, and by nothing else', () => {
    const { own, kinesis } = ways(native);
    assert.equal(own, undefined);
    assert.equal(kinesis.ApproximateCreationDateTimePrecision, 'MICROSECOND');
    assert.equal(native.behind(kinesis.StreamArn), native.only('AWS::Kinesis::Stream'));
    assert.deepEqual(native.ofType('AWS::Lambda::EventSourceMapping'), []);
  });

  test('by both while one takes over from the other', () => {
    const { own, kinesis } = ways(cutOver);
    assert.deepEqual(own, images);
    assert.equal(kinesis.ApproximateCreationDateTimePrecision, 'MICROSECOND');
    assert.equal(cutOver.only('AWS::Lambda::EventSourceMapping').Properties['Enabled'], true);
  });

  test('onto a stream that keeps them for a week, encrypted and retained', () => {
    assert.equal(stream.Properties['RetentionPeriodHours'], 168);
    assert.equal(stream.Properties['StreamEncryption'].EncryptionType, 'KMS');
    assert.equal(stream.DeletionPolicy, 'Retain');
  });
});

describe('the mapping of the forwarder', () => {
  const mapping = forwarding.only('AWS::Lambda::EventSourceMapping').Properties;

  test('reads the table’s stream from the oldest change on', () => {
    assert.deepEqual(mapping['EventSourceArn'], { 'Fn::GetAtt': [forwarding.idOf(table(forwarding)), 'StreamArn'] });
    assert.equal(mapping['StartingPosition'], 'TRIM_HORIZON');
  });

  test('gives a change up only six hours before DynamoDB does', () => {
    assert.equal(mapping['MaximumRecordAgeInSeconds'], 18 * 3600);
    assert.equal(DYNAMODB_STREAM_RETENTION.toHours() - RETENTION_MARGIN.toHours(), 18);
    assert.equal(mapping['MaximumRetryAttempts'], -1);
  });

  test('runs as many batches at once as a new table has partitions, times the parallelization factor', () => {
    const { ReservedConcurrentExecutions } = forwarding.lambda('dynamodb-stream-forwarder').Properties;
    assert.equal(ReservedConcurrentExecutions, NEW_TABLE_PARTITIONS * mapping['ParallelizationFactor']);
    assert.equal(ReservedConcurrentExecutions, 8);
  });

  test('is refused on a table without a stream', () => {
    const stack = new Stack(app({}), 'Stack');
    const partitionKey = { name: 'key', type: dynamodb.AttributeType.STRING };
    const silent = new dynamodb.Table(stack, 'Silent', { partitionKey });
    const encryptionKey = new DataKey(stack, 'Key', 'test');
    assert.throws(
      () => new DynamoDbStream(stack, 'Changes', { table: silent, encryptionKey, assumedShards: 4 }),
      /Stack\/Silent has no stream/,
    );
  });

  test('is watched well before the day is over', () => {
    const [alarm] = forwarding
      .ofType('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties['MetricName'] === 'IteratorAge');
    assert.equal(alarm?.Properties['Threshold'], Duration.minutes(5).toMilliseconds());
  });
});

describe('the forwarder', () => {
  const { Variables } = forwarding.lambda('dynamodb-stream-forwarder').Properties['Environment'];

  test('is told where changes go, and which, and what stays', () => {
    assert.deepEqual(Variables.STREAM_NAME, { Ref: forwarding.idOf(stream) });
    assert.equal(Variables.MAX_RECORD_SIZE_KIB, '1024');
    assert.equal(Variables.FORWARDED_EVENTS, 'INSERT,MODIFY,REMOVE');
    assert.deepEqual(JSON.parse(Variables.FORWARDED_ITEMS), { channel: ['web', 'store'] });
    assert.equal(Variables.REDACTED_ATTRIBUTES, 'note');
    assert.equal(Variables.DEAD_LETTER_PREFIX, 'dead-letters');
  });

  test('is told nothing of filters that nobody asked for', () => {
    const bare = new Synthesised(generativeBi({})).lambda('dynamodb-stream-forwarder').Properties['Environment'].Variables;
    assert.ok(!('FORWARDED_ITEMS' in bare) && !('REDACTED_ATTRIBUTES' in bare));
  });

  test('reads this table’s stream, writes this stream, and no other', () => {
    const permissions = forwarding.permissionsOf('dynamodb-stream-forwarder');
    const on = (service: string) => permissions.filter(({ actions }) => actions.some((action) => action.startsWith(service)));
    const streamArn = { 'Fn::GetAtt': [forwarding.idOf(table(forwarding)), 'StreamArn'] };
    assert.deepEqual(on('dynamodb:'), [
      {
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [streamArn],
      },
    ]);
    const changes = { 'Fn::GetAtt': [forwarding.idOf(stream), 'Arn'] };
    assert.deepEqual(on('kinesis:'), [{ actions: ['kinesis:PutRecords'], resources: [changes] }]);
    assert.deepEqual(on('kms:').flatMap(({ actions }) => actions).sort(), ['kms:Decrypt', 'kms:GenerateDataKey']);
  });
});

describe('DynamoDB’s own capture', () => {
  const expressions = native
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap(({ Properties }) => Properties['Metrics'] ?? [])
    .map(({ Expression }: any) => JSON.stringify(Expression));

  test('is watched on this table, whatever the dimension beside it is', () => {
    assert.equal(expressions.length, 3);
    for (const name of ['AgeOfOldestUnreplicatedRecord', 'FailedToReplicateRecordCount', 'ThrottledPutRecordCount']) {
      const [expression] = expressions.filter((candidate) => candidate.includes(`(${name}) FROM SCHEMA`));
      assert.ok(expression?.includes(native.idOf(table(native))), name);
    }
  });
});
