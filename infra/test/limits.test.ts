import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Duration, Stack } from 'aws-cdk-lib';

import { DataKey } from '../lib/constructs/data-key.ts';
import { quotaShare } from '../lib/constructs/quota-share.ts';
import { MAXIMUM_RECORD_AGE, maximumRecordAge } from '../lib/constructs/record-age.ts';
import { ON_DEMAND_SHARDS, RecordStream } from '../lib/constructs/record-stream.ts';
import { app } from './synthesis.ts';

describe('the record age of a mapping', () => {
  const day = Duration.days(1);

  test('is the retention less six hours', () => {
    assert.equal(maximumRecordAge(Duration.hours(48), day).toHours(), 42);
  });

  test('is at most what Lambda allows: a week', () => {
    assert.equal(maximumRecordAge(Duration.hours(174), day).toSeconds(), 604_800);
    assert.equal(maximumRecordAge(Duration.hours(173), day).toSeconds(), 604_800 - 3600);
    assert.deepEqual(maximumRecordAge(Duration.days(365), day), MAXIMUM_RECORD_AGE);
  });

  test('must leave the tolerated outage', () => {
    assert.equal(maximumRecordAge(Duration.hours(24), Duration.hours(18)).toHours(), 18);
    assert.throws(() => maximumRecordAge(Duration.hours(24), Duration.hours(19)), /at least 25 h/);
  });
});

describe('the share of a limit', () => {
  test('is rounded down, so that all shares together stay within it', () => {
    assert.equal(quotaShare('CALLS', 10, 3), 3);
  });

  test('is at least one call', () => {
    assert.equal(quotaShare('CALLS', 8, 8), 1);
    assert.throws(() => quotaShare('CALLS', 7, 8), /CALLS: a limit of 7 cannot be shared by 8 environments/);
  });
});

describe('the shards assumed of an on-demand stream', () => {
  const stream = (assumedShards: number) => {
    const stack = new Stack(app({}), 'Stack');
    const encryptionKey = new DataKey(stack, 'Key', 'test');
    const capacity = { mode: 'on-demand', assumedShards } as const;
    return new RecordStream(stack, 'Records', { capacity, retention: Duration.days(7), encryptionKey });
  };

  test('are at least those that it starts with', () => {
    assert.equal(stream(ON_DEMAND_SHARDS).shards, 4);
    assert.throws(() => stream(ON_DEMAND_SHARDS - 1), /assumedShards is 3/);
  });
});
