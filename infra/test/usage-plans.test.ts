import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const plans = template.ofType('AWS::ApiGateway::UsagePlan');
const apis = ['collector', 'recommendation-api'].map((name) => template.api(name));
const of = (synthesised: Synthesised, callers: string) => {
  const all = synthesised.ofType('AWS::ApiGateway::UsagePlan');
  const plan = all.find(({ Properties }) => Properties['UsagePlanName'].endsWith(callers));
  assert.ok(plan !== undefined, callers);
  return plan;
};

describe('usage plans', () => {
  test('are two', () => assert.equal(plans.length, 2));

  test('hold for both APIs together', () => {
    for (const { Properties } of plans) {
      const stages = Properties['ApiStages'].map(({ ApiId }: any) => template.behind(ApiId));
      assert.deepEqual(stages, apis.map(({ restApi }) => restApi));
    }
  });

  test('are found by the authorizer’s answer, never by a header', () => {
    for (const { restApi } of apis) assert.equal(restApi.Properties['ApiKeySourceType'], 'AUTHORIZER');
  });

  test('count every method that asks for a session', () => {
    for (const { called } of apis) {
      for (const [route, method] of Object.entries(called)) {
        assert.equal(method['ApiKeyRequired'] ?? false, method['AuthorizationType'] === 'CUSTOM', route);
      }
    }
  });

  for (const [callers, rate, quota] of [['visitors', 300, 10_000_000], ['members', 800, 20_000_000]] as const) {
    describe(callers, () => {
      const plan = of(template, callers);

      test('have a rate, a burst and a quota', () => {
        assert.deepEqual(plan.Properties['Throttle'], { RateLimit: rate, BurstLimit: rate });
        assert.deepEqual(plan.Properties['Quota'], { Limit: quota, Period: 'DAY' });
      });

      test('have one key, unique by the stack’s own id', () => {
        const keys = template
          .ofType('AWS::ApiGateway::UsagePlanKey')
          .filter(({ Properties }) => template.behind(Properties['UsagePlanId']) === plan)
          .map(({ Properties }) => template.behind(Properties['KeyId']).Properties['Value']);
        const id = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
        assert.deepEqual(keys, [{ 'Fn::Join': ['-', [callers, id]] }]);
      });
    });
  }

  test('leave members room when visitors flood a method', () => {
    const [{ ThrottlingRateLimit }] = apis[0]?.stage['MethodSettings'];
    assert.ok(of(template, 'visitors').Properties['Throttle'].RateLimit < ThrottlingRateLimit);
  });

  test('are what the context says', () => {
    const visitors = { visitorRequestsPerSecond: '1', visitorRequestsPerDay: '2' };
    const members = { memberRequestsPerSecond: '3', memberRequestsPerDay: '4' };
    const chosen = new Synthesised(recommendations({ ...ON_AWS, ...visitors, ...members }));
    const limits = ['visitors', 'members'].map((callers) => {
      const { Throttle, Quota } = of(chosen, callers).Properties;
      return [Throttle.RateLimit, Throttle.BurstLimit, Quota.Limit];
    });
    assert.deepEqual(limits, [[1, 1, 2], [3, 3, 4]]);
  });
});
