import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { readConfiguration } from '../lib/configuration.ts';
import { app, BARE, INFRA, ON_AWS, personalize } from './synthesis.ts';

const read = (context: Record<string, unknown>) => readConfiguration(app(context).node);

/** What is said of a context, beside nothing. */
function problems(context: Record<string, unknown>): string[] {
  try {
    read({ ...BARE, ...context });
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}

describe('the configuration', () => {
  test('reports everything that is missing or wrong at once, by name', () => {
    const wrong = {
      localCloud: 'yes',
      architecture: 'sparc',
      putEventsPerSecondQuota: '0',
      relatedSourceArn: personalize('filter/related'),
      rankingCampaignArn: personalize('recommender/ranking'),
      popularSourceArn: 'popular',
      filters: '[]',
      promotions: '{',
      allowedOrigins: '*,https://shop.example.com/path',
      userPoolArn: 'us-east-1_abc',
      serviceDomainPrefix: 'shop',
      requestsPerSecond: '1.5',
      memberRequestsPerDay: 'many',
      waf: '1',
    };
    assert.throws(() => read(wrong), (error: Error) => {
      assert.deepEqual(error.message.split('\n'), [
        "context localCloud is 'yes', not true or false",
        "context architecture is 'sparc', not arm64 or x86_64",
        'context trackingId is missing: pass -c trackingId=…',
        "context putEventsPerSecondQuota is '0', not a number above 0",
        'context campaignArn is missing: pass -c campaignArn=…, or -c arms=…',
        `context relatedSourceArn is '${wrong.relatedSourceArn}', not the ARN of a campaign or a recommender`,
        `context rankingCampaignArn is '${wrong.rankingCampaignArn}', not the ARN of a campaign`,
        "context popularSourceArn is 'popular', not the ARN of a campaign or a recommender",
        'context filters is not a JSON object of names and ARNs',
        'context promotions is not JSON',
        'context allowedOrigins has * beside other origins',
        "context allowedOrigins has 'https://shop.example.com/path', not * or an origin like https://shop.example.com",
        "context userPoolArn is 'us-east-1_abc', not the ARN of a user pool",
        'context serviceDomainPrefix is given beside userPoolArn, whose domain is its own',
        "context requestsPerSecond is '1.5', not a whole number above 0",
        "context memberRequestsPerDay is 'many', not a whole number above 0",
        "context waf is '1', not true or false",
      ]);
      return true;
    });
  });

  test('takes the functions from the build’s folder', () => {
    const { functionsDirectory } = read(BARE);
    assert.equal(functionsDirectory, path.join(INFRA, '../target/lambda'));
  });

  test('takes another folder relative to infra, and an absolute one as it is', () => {
    assert.equal(read({ ...BARE, functionsDirectory: 'built' }).functionsDirectory, path.join(INFRA, 'built'));
    assert.equal(read({ ...BARE, functionsDirectory: '/built' }).functionsDirectory, '/built');
  });

  test('takes an empty value for an absent one', () => {
    assert.equal(read({ ...BARE, itemsDatasetArn: '' }).itemsDatasetArn, undefined);
    assert.throws(() => read({ ...BARE, trackingId: '' }), /trackingId is missing/);
  });
});

describe('the arms', () => {
  const arm = (name: string, weight: unknown = 1) => ({ name, weight, sourceArn: personalize('campaign/one') });
  const arms = (...given: unknown[]) => problems({ campaignArn: '', arms: JSON.stringify(given) });

  test('come as text from the command line, and as they stand from cdk.json', () => {
    const given = [arm('a', 0), arm('b', 1_000_000)];
    for (const value of [given, JSON.stringify(given)]) {
      assert.deepEqual(read({ ...BARE, campaignArn: '', arms: value }).sources.arms, given);
    }
  });

  test('may be a recommender', () => {
    const campaignArn = personalize('recommender/one');
    assert.deepEqual(read({ ...BARE, campaignArn }).sources.arms, [{ name: 'default', weight: 1, sourceArn: campaignArn }]);
  });

  test('are 1 to 10', () => {
    const many = (length: number) => Array.from({ length }, (_, index) => arm(`arm-${index}`));
    assert.deepEqual(arms(...many(10)), []);
    const wrong = ['context arms is not a list of 1 to 10 arms'];
    for (const given of [many(0), many(11)]) assert.deepEqual(arms(...given), wrong);
    assert.deepEqual(problems({ campaignArn: '', arms: '{}' }), wrong);
  });

  test('are not given beside a campaign', () => {
    assert.deepEqual(problems({ arms: ON_AWS.arms }), ['context arms is given beside campaignArn: pass one']);
  });

  test('have a name, a weight and a source each', () => {
    const wrong = [
      'context arms[0] has no name of 1 to 63 letters, digits, - and _',
      'context arms[0] has no weight from 0 to 1000000',
      'context arms[0] has no sourceArn that is the ARN of a campaign or a recommender',
    ];
    assert.deepEqual(arms({}, arm('fine')), wrong);
    assert.deepEqual(arms(null, arm('fine')), wrong);
    for (const name of ['', '-a', 'a b', 'a'.repeat(64), 'ä']) assert.deepEqual(arms(arm(name)), wrong.slice(0, 1), name);
    for (const weight of [-1, 1.5, 1_000_001, '1']) {
      assert.deepEqual(arms(arm('a', weight), arm('b')), wrong.slice(1, 2), String(weight));
    }
  });

  test('differ in name, and one has a weight', () => {
    assert.deepEqual(arms(arm('a'), arm('a')), ['context arms has two arms of one name']);
    assert.deepEqual(arms(arm('a', 0)), ['context arms has no arm with a weight above 0']);
  });
});

describe('filters', () => {
  test('have a name of ours and the ARN of a filter', () => {
    const filters = { unseen: personalize('filter/unseen') };
    assert.deepEqual(read({ ...BARE, filters: JSON.stringify(filters) }).sources.filters, filters);
    const promotions = { 'a b': filters.unseen, new: personalize('campaign/new') };
    assert.deepEqual(problems({ promotions: JSON.stringify(promotions) }), [
      "context promotions has 'a b', not a name of 1 to 63 letters, digits, - and _",
      'context promotions.new is not the ARN of a filter',
    ]);
  });
});

describe('allowed origins', () => {
  test('are none, all, or a list', () => {
    assert.deepEqual(read(BARE).allowedOrigins, []);
    assert.deepEqual(read({ ...BARE, allowedOrigins: '*' }).allowedOrigins, ['*']);
    const allowedOrigins = 'https://a.example, http://localhost:8080';
    assert.deepEqual(read({ ...BARE, allowedOrigins }).allowedOrigins, ['https://a.example', 'http://localhost:8080']);
  });

  test('are written as a browser sends them', () => {
    const wrong = ['https://a.example/', 'https://A.example', 'https://a.example:443', 'a.example', 'null', "https://a'b"];
    for (const origin of wrong) {
      assert.equal(problems({ allowedOrigins: origin }).length, 1, origin);
    }
  });
});

describe('the domain for services', () => {
  test('has a prefix that Cognito takes', () => {
    for (const serviceDomainPrefix of ['a', 'shop-1', 'a'.repeat(63)]) {
      assert.deepEqual(problems({ serviceDomainPrefix }), []);
    }
    for (const serviceDomainPrefix of ['-a', 'a-', 'A', 'a.b', 'a'.repeat(64), 'my-aws-shop', 'amazon', 'cognito-1']) {
      assert.equal(problems({ serviceDomainPrefix }).length, 1, serviceDomainPrefix);
    }
  });
});

describe('the firewall', () => {
  test('is refused on the local cloud, which has none', () => {
    const [problem, ...others] = problems({ localCloud: 'true', waf: 'true' });
    assert.equal(problem, 'context waf is true, but the local cloud has no firewall');
    assert.deepEqual(others, []);
  });
});
