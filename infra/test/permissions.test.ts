import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

import { ACTIONS_WITHOUT_RESOURCE, grantWithoutResource } from '../lib/constructs/actions-without-resource.ts';
import {
  app,
  BI_NATIVE,
  dashboards,
  generativeBi,
  IOT_BARE,
  iotInference,
  recommendations,
  Synthesised,
} from './synthesis.ts';

const templates = [
  recommendations(),
  generativeBi(),
  generativeBi(BI_NATIVE),
  dashboards(),
  iotInference(),
  iotInference(IOT_BARE),
].map((stack) => new Synthesised(stack));

describe('a role', () => {
  const permissions = templates.flatMap((template) => template.permissions());

  test('is allowed an action on every resource only if the action takes none', () => {
    const onEverything = permissions.filter(({ resources }) => resources.includes('*'));
    const actions = onEverything.flatMap((statement) => statement.actions);
    assert.deepEqual([...new Set(actions)].sort(), Object.keys(ACTIONS_WITHOUT_RESOURCE));
  });

  test('is never allowed actions by a pattern', () => {
    const actions = permissions.flatMap((statement) => statement.actions);
    assert.ok(actions.length > 0);
    assert.deepEqual(actions.filter((action) => action.includes('*')), []);
  });

  test('has no policy that AWS may change', () => {
    const roles = templates.flatMap((template) => template.ofType('AWS::IAM::Role'));
    assert.ok(roles.length > 0);
    for (const { Properties } of roles) assert.equal(Properties['ManagedPolicyArns'], undefined);
  });

  test('looks after statements of the warehouse only if it started them itself', () => {
    const statements = templates
      .flatMap((template) => template.ofType('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties['PolicyDocument'].Statement)
      .filter(({ Action }) => [Action].flat().includes('redshift-data:DescribeStatement'));
    assert.equal(statements.length, 4);
    for (const { Condition } of statements) {
      assert.deepEqual(Condition, { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } });
    }
  });
});

describe('the list of actions that take no resource', () => {
  test('names for each the page that says so', () => {
    for (const page of Object.values(ACTIONS_WITHOUT_RESOURCE)) assert.match(page, /^https:\/\/docs\.aws\.amazon\.com\//);
  });

  test('is the only way to a permission on every resource', () => {
    const role = new iam.Role(new Stack(app({}), 'Stack'), 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    assert.throws(() => grantWithoutResource(role, 's3:PutObject'), /s3:PutObject is not known to take no resource/);
  });
});
