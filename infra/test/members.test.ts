import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BARE, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const userPool = template.only('AWS::Cognito::UserPool');
const method = template.api('recommendation-api').called['POST /sessions/member'] ?? {};

describe('a member’s session', () => {
  test('is given for a token of the user pool, by API Gateway’s own authorizer', () => {
    assert.equal(method['AuthorizationType'], 'COGNITO_USER_POOLS');
    const { ProviderARNs } = template.behind(method['AuthorizerId']).Properties;
    assert.deepEqual(ProviderARNs.map((arn: any) => template.behind(arn)), [userPool]);
  });

  test('is given for an access token only: with scopes, an ID token does not pass', () => {
    assert.deepEqual(method['AuthorizationScopes'], [
      'aws.cognito.signin.user.admin',
      'openid',
      'recommendations/users.read',
    ]);
  });
});

describe('the user pool', () => {
  test('stays when the stack is deleted, and is not deleted by mistake', () => {
    assert.equal(userPool.DeletionPolicy, 'Retain');
    assert.equal(userPool.Properties['DeletionProtection'], 'ACTIVE');
  });

  test('wants long passwords, and offers a second factor', () => {
    assert.equal(userPool.Properties['Policies'].PasswordPolicy.MinimumLength, 12);
    assert.equal(userPool.Properties['MfaConfiguration'], 'OPTIONAL');
    assert.deepEqual(userPool.Properties['EnabledMfas'], ['SOFTWARE_TOKEN_MFA']);
  });

  test('knows the scope that lets a service ask for any user', () => {
    const { Identifier, Scopes, UserPoolId } = template.only('AWS::Cognito::UserPoolResourceServer').Properties;
    assert.equal(Identifier, 'recommendations');
    assert.deepEqual(Scopes.map(({ ScopeName }: any) => ScopeName), ['users.read']);
    assert.equal(template.behind(UserPoolId), userPool);
  });
});

describe('the app’s client', () => {
  const client = template.behind(template.outputs['UserPoolClientId']?.Value).Properties;

  test('has no secret, which no app could keep', () => assert.equal(client['GenerateSecret'], false));

  test('signs in with the password or a proof of it', () => {
    assert.deepEqual([...client['ExplicitAuthFlows']].sort(), [
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
    ]);
  });

  test('does not tell who has an account', () => assert.equal(client['PreventUserExistenceErrors'], 'ENABLED'));

  test('gets no scope but the user’s own', () => {
    assert.equal(client['AllowedOAuthFlowsUserPoolClient'], false);
    assert.equal(client['AllowedOAuthScopes'], undefined);
  });
});

describe('the services’ client', () => {
  const client = template.behind(template.outputs['ServiceClientId']?.Value).Properties;

  test('has a secret, and signs in no user', () => {
    assert.equal(client['GenerateSecret'], true);
    assert.deepEqual(client['AllowedOAuthFlows'], ['client_credentials']);
  });

  test('gets the scope for any user, and no other', () => {
    const resourceServer = template.only('AWS::Cognito::UserPoolResourceServer');
    assert.deepEqual(client['AllowedOAuthScopes'], [
      { 'Fn::Join': ['', [{ Ref: template.idOf(resourceServer) }, '/users.read']] },
    ]);
  });

  test('gets its tokens at the domain of the context', () => {
    assert.equal(template.only('AWS::Cognito::UserPoolDomain').Properties['Domain'], ON_AWS.serviceDomainPrefix);
  });

  test('is not there without a domain', () => {
    const bare = new Synthesised(recommendations(BARE));
    assert.equal(bare.outputs['ServiceClientId'], undefined);
    assert.equal(bare.ofType('AWS::Cognito::UserPoolClient').length, 1);
    assert.deepEqual(bare.ofType('AWS::Cognito::UserPoolDomain'), []);
  });
});

describe('a user pool that is there already', () => {
  const userPoolArn = 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_abc';
  const existing = new Synthesised(recommendations({ ...BARE, userPoolArn }));

  test('is the one whose tokens are taken', () => {
    const called = existing.api('recommendation-api').called['POST /sessions/member'] ?? {};
    assert.deepEqual(existing.behind(called['AuthorizerId']).Properties['ProviderARNs'], [userPoolArn]);
    assert.equal(existing.outputs['UserPoolId']?.Value, 'us-east-1_abc');
  });

  test('is left as it is', () => {
    const types = Object.values(existing.resources).map(({ Type }) => Type);
    assert.deepEqual(types.filter((type) => type.startsWith('AWS::Cognito::')), []);
    assert.equal(existing.outputs['UserPoolClientId'], undefined);
  });
});
