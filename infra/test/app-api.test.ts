import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BARE, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const WITHOUT_TOKEN = ['POST /sessions'];

for (const name of ['collector', 'recommendation-api']) {
  const api = template.api(name);
  const { stage } = api;

  describe(`the API ${name}`, () => {
    test('is regional, so that the firewall can stand before it', () => {
      assert.deepEqual(api.restApi.Properties['EndpointConfiguration'], { Types: ['REGIONAL'] });
    });

    test('has no method without an authorizer but new sessions and preflights', () => {
      assert.ok(Object.keys(api.called).length > 0);
      const open = Object.entries(api.called).filter(([, { AuthorizationType }]) => AuthorizationType === 'NONE');
      assert.deepEqual(open.map(([route]) => route), WITHOUT_TOKEN.filter((route) => route in api.called));
      for (const [route, { AuthorizationType, AuthorizerId }] of Object.entries(api.called)) {
        if (AuthorizationType === 'NONE') continue;
        const { Type, RestApiId } = template.behind(AuthorizerId).Properties;
        assert.equal(Type, AuthorizationType === 'CUSTOM' ? 'TOKEN' : 'COGNITO_USER_POOLS', route);
        assert.equal(template.behind(RestApiId), api.restApi, route);
      }
    });

    test('has one stage, which gets a new deployment with every change of a method or an answer', () => {
      assert.equal(stage['StageName'], 'prod');
      const { DependsOn } = template.behind(stage['DeploymentId']);
      for (const part of [...api.parts('AWS::ApiGateway::Method'), ...api.parts('AWS::ApiGateway::GatewayResponse')]) {
        assert.ok(DependsOn?.includes(template.idOf(part)), template.idOf(part));
      }
    });
  });

  describe(`the stage of ${name}`, () => {
    const settings = Object.fromEntries(
      stage['MethodSettings'].map((setting: any) => [`${setting.HttpMethod} ${setting.ResourcePath}`, setting]),
    );

    test('throttles each method', () => {
      assert.equal(settings['* /*'].ThrottlingRateLimit, 500);
      assert.equal(settings['* /*'].ThrottlingBurstLimit, 500);
    });

    test('never logs whole requests and answers', () => {
      for (const setting of Object.values<any>(settings)) assert.equal(setting.DataTraceEnabled, false);
    });

    test('counts each method', () => {
      for (const setting of Object.values<any>(settings)) assert.equal(setting.MetricsEnabled, true);
    });

    test('writes its access log to a group that expires and is encrypted', () => {
      assertKept(stage['AccessLogSetting'].DestinationArn);
    });
  });

  describe(`the access log of ${name}`, () => {
    const fields: Record<string, string> = JSON.parse(stage['AccessLogSetting'].Format);

    test('tells request, route, status, latencies and what went wrong', () => {
      const values = Object.values(fields);
      for (const variable of [
        'requestId', 'httpMethod', 'resourcePath', 'status', 'responseLatency', 'integration.latency', 'error.responseType',
      ]) {
        assert.ok(values.includes(`$context.${variable}`), variable);
      }
    });

    test('holds nothing that a caller sent or is: no path, query, body, header, token, address, user', () => {
      for (const value of Object.values(fields)) {
        assert.match(value, /^\$context\.[A-Za-z.]+$/);
        assert.doesNotMatch(value, /\.(path|identity|requestOverride|authorizer\.(?!status|latency))/);
        assert.doesNotMatch(value, /error\.(?!responseType)|integration\.error|integrationErrorMessage/);
      }
    });
  });

  describe(`what ${name} answers by itself`, () => {
    const body = (type: string) => JSON.parse(api.answer(type)['ResponseTemplates']['application/json']);
    const answers: string[] = api
      .parts('AWS::ApiGateway::GatewayResponse')
      .map(({ Properties }) => Properties['ResponseType']);
    const statuses: [string, number][] = [
      ['BAD_REQUEST_BODY', 400],
      ['UNAUTHORIZED', 401],
      ['ACCESS_DENIED', 403],
      ['WAF_FILTERED', 403],
      ['MISSING_AUTHENTICATION_TOKEN', 404],
      ['REQUEST_TOO_LARGE', 413],
      ['UNSUPPORTED_MEDIA_TYPE', 415],
      ['THROTTLED', 429],
      ['QUOTA_EXCEEDED', 429],
      ['AUTHORIZER_FAILURE', 500],
      ['AUTHORIZER_CONFIGURATION_ERROR', 500],
      ['API_CONFIGURATION_ERROR', 500],
      ['INTEGRATION_FAILURE', 504],
      ['INTEGRATION_TIMEOUT', 504],
    ];
    for (const [type, status] of statuses) {
      test(`${type} is ${status}, in the body too`, () => {
        assert.equal(api.answer(type)['StatusCode'], String(status));
        assert.equal(body(type).status, status);
      });
    }

    test('is problem+json, whatever it is', () => {
      assert.ok(answers.includes('DEFAULT_4XX') && answers.includes('DEFAULT_5XX'));
      for (const type of answers) {
        assert.equal(header(type, 'Content-Type'), "'application/problem+json'", type);
        const { type: kind, title, detail } = body(type);
        assert.equal(kind, 'about:blank');
        assert.ok(title.length > 0 && detail.length > 0, type);
      }
    });

    test('has the text of the validation in quotes of ours, since API Gateway escapes it and adds none', () => {
      const { 'application/json': text } = api.answer('BAD_REQUEST_BODY')['ResponseTemplates'];
      assert.ok(text.includes('"detail":"$context.error.validationErrorString"'));
    });

    test('has no other variable: what is not known would break the JSON', () => {
      for (const type of answers) {
        const variables = JSON.stringify(body(type)).match(/\$[\w.]+/g) ?? [];
        assert.deepEqual(variables, type === 'BAD_REQUEST_BODY' ? ['$context.error.validationErrorString'] : [], type);
      }
    });

    test('says when to come back after too much', () => {
      assert.equal(header('THROTTLED', 'Retry-After'), "'1'");
      assert.equal(header('QUOTA_EXCEEDED', 'Retry-After'), "'3600'");
    });

    test('says which credential is wanted', () => assert.equal(header('UNAUTHORIZED', 'WWW-Authenticate'), "'Bearer'"));

    test('can be read by a page of another origin', () => {
      for (const type of answers) {
        assert.equal(header(type, 'Access-Control-Allow-Origin'), "'*'", type);
        assert.match(header(type, 'Access-Control-Expose-Headers') ?? '', /Retry-After/, type);
      }
    });

    function header(type: string, header: string): string | undefined {
      return api.answer(type)['ResponseParameters'][`gatewayresponse.header.${header}`];
    }
  });
}

describe('new sessions', () => {
  const setting = template
    .api('recommendation-api')
    .stage['MethodSettings'].find(({ ResourcePath }: any) => ResourcePath === '/~1sessions');

  test('are throttled more than the rest, since they need no token', () => {
    assert.equal(setting.HttpMethod, 'POST');
    assert.equal(setting.ThrottlingRateLimit, 50);
    assert.equal(setting.ThrottlingBurstLimit, 50);
  });

  test('are logged as the rest: what a method does not set itself would be off', () => {
    assert.equal(setting.LoggingLevel, 'ERROR');
  });
});

describe('the execution log', () => {
  test('of the collector is off: it would quote bodies that the schema refused', () => {
    for (const { LoggingLevel } of template.api('collector').stage['MethodSettings']) assert.equal(LoggingLevel, 'OFF');
  });

  test('of the recommendation API is kept in a group that expires and is encrypted', () => {
    const { stage, restApi } = template.api('recommendation-api');
    assert.equal(stage['MethodSettings'][0].LoggingLevel, 'ERROR');
    const [group, ...others] = template
      .ofType('AWS::Logs::LogGroup')
      .filter(({ Properties }) => JSON.stringify(Properties['LogGroupName'] ?? '').includes('API-Gateway-Execution-Logs_'));
    assert.ok(group !== undefined && others.length === 0);
    assert.deepEqual(group.Properties['LogGroupName'], {
      'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: template.idOf(restApi) }, '/prod']],
    });
    assertKept({ Ref: template.idOf(group) });
  });
});

describe('throttling', () => {
  test('is what the context says', () => {
    const chosen = { ...ON_AWS, requestsPerSecond: '7', sessionsPerSecond: '3' };
    const { MethodSettings } = new Synthesised(recommendations(chosen)).api('recommendation-api').stage;
    assert.deepEqual(MethodSettings.map(({ ThrottlingRateLimit }: any) => ThrottlingRateLimit), [7, 3]);
    assert.deepEqual(MethodSettings.map(({ ThrottlingBurstLimit }: any) => ThrottlingBurstLimit), [7, 3]);
  });
});

describe('without allowed origins', () => {
  const bare = new Synthesised(recommendations(BARE));

  test('there is no preflight', () => {
    for (const name of ['collector', 'recommendation-api']) {
      const { routes, called } = bare.api(name);
      assert.deepEqual(Object.keys(routes), Object.keys(called));
    }
  });

  test('no answer speaks of origins', () => {
    assert.ok(!JSON.stringify(bare.resources).includes('Access-Control-'));
  });
});

function assertKept(reference: any): void {
  const { RetentionInDays, KmsKeyId } = template.behind(reference).Properties;
  assert.equal(RetentionInDays, 30);
  assert.equal(template.behind(KmsKeyId).Type, 'AWS::KMS::Key');
}

test('a change of an authorizer reaches the stage: it is part of what a deployment is named by', () => {
  const pool = (id: string) => `arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_${id}`;
  const deployment = (userPoolArn: string) =>
    new Synthesised(recommendations({ ...ON_AWS, serviceDomainPrefix: '', userPoolArn })).api('recommendation-api').stage['DeploymentId'];
  assert.deepEqual(deployment(pool('AAAAAAAAA')), deployment(pool('AAAAAAAAA')));
  assert.notDeepEqual(deployment(pool('AAAAAAAAA')), deployment(pool('BBBBBBBBB')));
});
