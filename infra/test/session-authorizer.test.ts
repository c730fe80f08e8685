import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { BARE, INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const authorizer = template.lambda('session-authorizer');
const { Variables: environment } = authorizer.Properties['Environment'];
const secret = template.only('AWS::SecretsManager::Secret');

describe('the key of the sessions', () => {
  test('is made by Secrets Manager: 64 characters, encrypted with the pattern’s key', () => {
    const { GenerateSecretString, KmsKeyId } = secret.Properties;
    assert.equal(GenerateSecretString.PasswordLength, 64);
    assert.equal(template.behind(KmsKeyId).Type, 'AWS::KMS::Key');
  });

  test('is passed in by a dynamic reference: it is in no template', () => {
    assert.deepEqual(environment.SESSION_KEY, {
      'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: template.idOf(secret) }, ':SecretString:::}}']],
    });
  });

  test('is known to no other function', () => {
    for (const { Properties } of template.ofType('AWS::Lambda::Function')) {
      if (Properties === authorizer.Properties) continue;
      assert.ok(!JSON.stringify(Properties).includes(template.idOf(secret)));
    }
  });
});

describe('the function session-authorizer', () => {
  test('is told a key for each class of callers, which is a key of that class’s plan', () => {
    const keys = template.ofType('AWS::ApiGateway::ApiKey').map(({ Properties }) => JSON.stringify(Properties['Value']));
    for (const variable of ['VISITOR_USAGE_KEY', 'MEMBER_USAGE_KEY']) {
      assert.ok(keys.includes(JSON.stringify(environment[variable])), variable);
    }
    assert.notDeepEqual(environment.VISITOR_USAGE_KEY, environment.MEMBER_USAGE_KEY);
  });

  test('is told whose pages may read its answers', () => {
    assert.equal(environment.ALLOWED_ORIGINS, ON_AWS.allowedOrigins);
    const bare = new Synthesised(recommendations(BARE)).lambda('session-authorizer').Properties['Environment'];
    assert.ok(!('ALLOWED_ORIGINS' in bare.Variables));
  });

  test('is told nothing that it does not read', () => {
    const config = path.join(INFRA, '../crates/recommendations/session-authorizer/src/config.rs');
    const read = readFileSync(config, 'utf8');
    for (const variable of Object.keys(environment)) assert.ok(read.includes(`"${variable}"`), variable);
  });

  test('may write its log and nothing else', () => {
    const actions = template.permissionsOf('session-authorizer').flatMap((statement) => statement.actions);
    assert.deepEqual(actions.sort(), ['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('has its environment encrypted with the pattern’s key', () => {
    assert.equal(template.behind(authorizer.Properties['KmsKeyArn']).Type, 'AWS::KMS::Key');
  });
});

for (const name of ['collector', 'recommendation-api']) {
  describe(`the session authorizer of ${name}`, () => {
    const [found, ...others] = template
      .api(name)
      .parts('AWS::ApiGateway::Authorizer')
      .filter(({ Properties }) => Properties['Type'] === 'TOKEN');
    assert.ok(found !== undefined && others.length === 0);
    const { Properties } = found;

    test('is the function', () => {
      assert.ok(JSON.stringify(Properties['AuthorizerUri']).includes(template.idOf(authorizer)));
    });

    test('reads the header Authorization', () => {
      assert.equal(Properties['IdentitySource'], 'method.request.header.Authorization');
    });

    test('keeps a decision for a minute', () => assert.equal(Properties['AuthorizerResultTtlInSeconds'], 60));

    test('asks the function only about what looks like a token', () => {
      const expression = new RegExp(Properties['IdentityValidationExpression']);
      assert.ok(expression.test('Bearer eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiIwIn0.a-b_c'));
      for (const token of ['', 'a.b', 'a.b.', 'a.b.c.d', 'a.b.c ', 'a.b.c\n', 'a.b.c,Bearer a.b.c', 'ä.b.c']) {
        assert.ok(!expression.test(`Bearer ${token}`), token);
      }
      for (const other of ['', 'Bearer', 'a.b.c', 'bearer a.b.c', 'Basic a.b.c', ' Bearer a.b.c']) {
        assert.ok(!expression.test(other), other);
      }
    });

    test('may be called by this API alone', () => {
      const permissions = template
        .ofType('AWS::Lambda::Permission')
        .map((permission) => JSON.stringify(permission.Properties['SourceArn']))
        .filter((source) => source.includes(`"/authorizers/",{"Ref":"${template.idOf(found)}"}`));
      assert.equal(permissions.length, 1);
    });
  });
}
