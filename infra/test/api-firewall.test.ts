import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BARE, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const acl = template.only('AWS::WAFv2::WebACL');
const rule = (name: string) => acl.Properties['Rules'].find(({ Name }: any) => Name === name);

describe('the firewall', () => {
  test('stands before both stages', () => {
    const guarded = template.ofType('AWS::WAFv2::WebACLAssociation').map(({ Properties }) => {
      assert.equal(template.behind(Properties['WebACLArn']), acl);
      return JSON.stringify(Properties['ResourceArn']);
    });
    assert.equal(acl.Properties['Scope'], 'REGIONAL');
    assert.equal(guarded.length, 2);
    for (const name of ['collector', 'recommendation-api']) {
      const id = template.idOf(template.api(name).restApi);
      assert.equal(guarded.filter((arn) => arn.includes(`"${id}"`)).length, 1, name);
    }
  });

  test('refuses an address that asks too often', () => {
    const { Statement, Action } = rule('RequestsPerAddress');
    assert.deepEqual(Statement.RateBasedStatement, { AggregateKeyType: 'IP', Limit: 5000, EvaluationWindowSec: 300 });
    assert.deepEqual(Action, { Block: {} });
  });

  test('has AWS’s common rules, but lets a batch have more than 8 KB', () => {
    const { ManagedRuleGroupStatement } = rule('CommonRules').Statement;
    assert.equal(ManagedRuleGroupStatement.Name, 'AWSManagedRulesCommonRuleSet');
    assert.deepEqual(ManagedRuleGroupStatement.RuleActionOverrides, [
      { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } },
    ]);
    assert.deepEqual(rule('CommonRules').OverrideAction, { None: {} });
  });

  test('keeps no samples of what callers sent', () => {
    for (const { VisibilityConfig } of [acl.Properties, ...acl.Properties['Rules']]) {
      assert.equal(VisibilityConfig.SampledRequestsEnabled, false);
    }
  });

  test('refuses from the number of the context on', () => {
    const chosen = new Synthesised(recommendations({ ...ON_AWS, requestsPerAddress: '100' }));
    const [{ Statement }] = chosen.only('AWS::WAFv2::WebACL').Properties['Rules'];
    assert.equal(Statement.RateBasedStatement.Limit, 100);
  });

  test('is not there unless asked for', () => {
    const types = Object.values(new Synthesised(recommendations(BARE)).resources).map(({ Type }) => Type);
    assert.deepEqual(types.filter((type) => type.startsWith('AWS::WAFv2::')), []);
  });
});
