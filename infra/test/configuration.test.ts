import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { readConfiguration } from '../lib/configuration.ts';
import { app, INFRA } from './synthesis.ts';

const read = (context: Record<string, unknown>) => readConfiguration(app(context).node);

describe('the configuration', () => {
  test('reports everything that is missing or wrong at once, by name', () => {
    const wrong = { localCloud: 'yes', architecture: 'sparc', putEventsPerSecondQuota: '0' };
    assert.throws(() => read(wrong), (error: Error) => {
      assert.deepEqual(error.message.split('\n'), [
        "context localCloud is 'yes', not true or false",
        "context architecture is 'sparc', not arm64 or x86_64",
        'context trackingId is missing: pass -c trackingId=…',
        "context putEventsPerSecondQuota is '0', not a number above 0",
      ]);
      return true;
    });
  });

  test('takes the functions from the build’s folder', () => {
    const { functionsDirectory } = read({ trackingId: 'id' });
    assert.equal(functionsDirectory, path.join(INFRA, '../target/lambda'));
  });

  test('takes another folder relative to infra, and an absolute one as it is', () => {
    assert.equal(read({ trackingId: 'id', functionsDirectory: 'built' }).functionsDirectory, path.join(INFRA, 'built'));
    assert.equal(read({ trackingId: 'id', functionsDirectory: '/built' }).functionsDirectory, '/built');
  });

  test('takes an empty value for an absent one', () => {
    assert.equal(read({ trackingId: 'id', itemsDatasetArn: '' }).itemsDatasetArn, undefined);
    assert.throws(() => read({ trackingId: '' }), /trackingId is missing/);
  });
});
