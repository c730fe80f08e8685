import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { INFRA, recommendations, Synthesised } from './synthesis.ts';

const template = new Synthesised(recommendations());
const api = template.api('collector');
const stream = template.only('AWS::Kinesis::Stream');
const contract = (file: string) =>
  readFileSync(path.join(INFRA, '../crates/recommendations/interaction-collector', file), 'utf8');

test('the collector has two doors', () => {
  assert.deepEqual(Object.keys(api.called).sort(), ['POST /interactions', 'POST /interactions/batch']);
});

const doors = [
  { route: 'POST /interactions', action: 'PutRecord', schema: 'interaction', mapping: 'put-record' },
  { route: 'POST /interactions/batch', action: 'PutRecords', schema: 'interaction-batch', mapping: 'put-records' },
];

for (const { route, action, schema, mapping } of doors) {
  const method = api.called[route] ?? {};
  const { Integration: integration } = method;

  describe(route, () => {
    test('asks for a session token, and counts on the plan of its bearer’s class', () => {
      assert.equal(method['AuthorizationType'], 'CUSTOM');
      assert.equal(method['ApiKeyRequired'], true);
    });

    test('holds the body to the schema, as it stands in the crate', () => {
      assert.deepEqual(Object.keys(method['RequestModels']).sort(), ['$default', 'application/json']);
      assert.deepEqual(method['RequestModels'].$default, method['RequestModels']['application/json']);
      const model = template.behind(method['RequestModels']['application/json']);
      assert.deepEqual(model.Properties['Schema'], JSON.parse(contract(`schema/${schema}.schema.json`)));
      assert.equal(template.behind(method['RequestValidatorId']).Properties['ValidateRequestBody'], true);
    });

    test('refuses every other type of body, which no schema would hold', () => {
      assert.equal(integration.PassthroughBehavior, 'NEVER');
      assert.deepEqual(Object.keys(integration.RequestTemplates), ['application/json']);
    });

    test(`calls ${action} of Kinesis, without a function between`, () => {
      assert.equal(integration.Type, 'AWS');
      assert.equal(integration.IntegrationHttpMethod, 'POST');
      assert.ok(JSON.stringify(integration.Uri).includes(`:kinesis:action/${action}"`));
      const { 'integration.request.header.Content-Type': type } = integration.RequestParameters;
      assert.equal(type, "'application/x-amz-json-1.1'");
    });

    test('makes the call by the crate’s template, with the name of the stream', () => {
      const { 'Fn::Join': [separator, parts] } = integration.RequestTemplates['application/json'];
      const streamName = { Ref: template.idOf(stream) };
      assert.equal(separator, '');
      assert.ok(parts.some((part: any) => JSON.stringify(part) === JSON.stringify(streamName)));
      const text = parts.map((part: any) => (typeof part === 'string' ? part : '{{StreamName}}')).join('');
      assert.equal(text, contract(`templates/${mapping}.request.vtl`));
    });

    const answers: [string, string, string, string][] = [
      ['200', '202', `${mapping}.response.vtl`, 'application/json'],
      ['4\\d\\d', '500', 'kinesis-error.response.vtl', 'application/problem+json'],
      ['5\\d\\d', '503', 'kinesis-unavailable.response.vtl', 'application/problem+json'],
    ];
    for (const [pattern, status, file, type] of answers) {
      test(`makes ${status} of Kinesis’s ${pattern} by ${file}`, () => {
        const answer = integration.IntegrationResponses.find(({ SelectionPattern }: any) => SelectionPattern === pattern);
        assert.equal(answer.StatusCode, status);
        assert.deepEqual(answer.ResponseTemplates, { 'application/json': contract(`templates/${file}`) });
        assert.equal(answer.ResponseParameters['method.response.header.Content-Type'], `'${type}'`);
      });
    }

    test('matches each status of Kinesis with one answer, and no answer with all', () => {
      const patterns: RegExp[] = integration.IntegrationResponses.map(
        ({ SelectionPattern }: any) => new RegExp(`^${SelectionPattern}$`),
      );
      for (const status of ['200', '400', '403', '413', '500', '503']) {
        assert.equal(patterns.filter((pattern) => pattern.test(status)).length, 1, status);
      }
    });

    test('declares what it answers, and the headers that it maps', () => {
      const declared = Object.fromEntries(
        method['MethodResponses'].map(({ StatusCode, ResponseParameters }: any) => [StatusCode, ResponseParameters]),
      );
      assert.deepEqual(Object.keys(declared), ['202', '207', '429', '500', '503']);
      for (const { StatusCode, ResponseParameters } of integration.IntegrationResponses) {
        assert.deepEqual(Object.keys(declared[StatusCode]), Object.keys(ResponseParameters));
      }
    });

    test('can be read by a page of another origin', () => {
      for (const { ResponseParameters } of integration.IntegrationResponses) {
        assert.equal(ResponseParameters['method.response.header.Access-Control-Allow-Origin'], "'*'");
      }
    });
  });
}

describe('the role of the collector', () => {
  const roles = doors.map(({ route }) => template.behind(api.called[route]?.['Integration'].Credentials));
  const [role] = roles;
  assert.ok(role !== undefined);

  test('is its own, and API Gateway’s alone', () => {
    assert.ok(roles.every((other) => other === role));
    const [statement, ...others] = role.Properties['AssumeRolePolicyDocument'].Statement;
    assert.deepEqual([statement.Principal, others], [{ Service: 'apigateway.amazonaws.com' }, []]);
  });

  test('may put records on the one stream, with its key, and nothing else', () => {
    const statements = template.policiesOf(role).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);
    const allowed = statements.map(({ Action, Resource }: any) => [[Action].flat(), template.behind(Resource).Type]);
    assert.deepEqual(allowed, [
      [['kinesis:PutRecord', 'kinesis:PutRecords'], 'AWS::Kinesis::Stream'],
      [['kms:GenerateDataKey'], 'AWS::KMS::Key'],
    ]);
    assert.equal(template.behind(statements[0].Resource), stream);
  });
});
