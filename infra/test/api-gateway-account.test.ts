import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ApiGatewayAccountStack } from '../lib/api-gateway-account-stack.ts';
import { app, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(new ApiGatewayAccountStack(app({}), 'ApiGatewayAccount'));
const account = template.only('AWS::ApiGateway::Account');
const role = template.only('AWS::IAM::Role');

describe('the API Gateway setting of the account', () => {
  test('names a role of API Gateway’s, with the policy that AWS names for it and no other', () => {
    assert.equal(template.behind(account.Properties['CloudWatchRoleArn']), role);
    const [statement] = role.Properties['AssumeRolePolicyDocument'].Statement;
    assert.deepEqual(statement.Principal, { Service: 'apigateway.amazonaws.com' });
    const policy = ':iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
    const arn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, policy]] };
    assert.deepEqual(role.Properties['ManagedPolicyArns'], [arn]);
    assert.deepEqual(template.ofType('AWS::IAM::Policy'), []);
  });

  test('stays when the stack is deleted: other APIs rely on it', () => {
    assert.equal(account.DeletionPolicy, 'Retain');
    assert.equal(role.DeletionPolicy, 'Retain');
  });

  test('is made by no pattern', () => {
    assert.deepEqual(new Synthesised(recommendations()).ofType('AWS::ApiGateway::Account'), []);
  });
});
