import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const both = { ...ON_AWS, architecture: 'x86_64', waf: 'false' };
const onAws = new Synthesised(recommendations(both));
const local = new Synthesised(recommendations({ ...both, localCloud: 'true' }));

describe('on the local cloud', () => {
  test('the mapping is disabled, for our driver to run, and the same in all else', () => {
    const [there, here] = [onAws, local].map((template) => template.only('AWS::Lambda::EventSourceMapping'));
    assert.deepEqual(here?.Properties, { ...there?.Properties, Enabled: false });
    assert.equal(there?.Properties['Enabled'], true);
  });

  test('a function registers the consumer, of the same name on the same stream', () => {
    const { ServiceToken, ...names } = local.only('Custom::StreamConsumer').Properties;
    assert.deepEqual(names, onAws.only('AWS::Kinesis::StreamConsumer').Properties);
    assert.match(local.behind(ServiceToken).Properties['Runtime'], /^python/);
    assert.deepEqual(local.ofType('AWS::Kinesis::StreamConsumer'), []);
  });

  test('no method wants an API key, which the emulator would look for in a header', () => {
    for (const name of ['collector', 'recommendation-api']) {
      const [there, here] = [onAws, local].map((template) => template.api(name).called);
      const changed = Object.entries(there ?? {}).map(([route, method]) => [
        route,
        method['ApiKeyRequired'] === undefined ? method : { ...method, ApiKeyRequired: false },
      ]);
      assert.deepEqual(here, Object.fromEntries(changed));
    }
  });

  test('no alarm is on an expression', () => {
    const expressions = (template: Synthesised) =>
      template.ofType('AWS::CloudWatch::Alarm').filter(({ Properties }) => Properties['Metrics'] !== undefined);
    assert.equal(expressions(onAws).length, 1);
    assert.deepEqual(expressions(local), []);
  });

  test('nothing else differs', () => {
    const text = (template: Synthesised, id: string) => JSON.stringify(template.resources[id]);
    const changed = ids(onAws, (id) => id in local.resources && text(onAws, id) !== text(local, id));
    assert.deepEqual(types(onAws, changed), [
      ...Array(5).fill('AWS::ApiGateway::Method'),
      ...Array(2).fill('AWS::ApiGateway::Stage'),
      'AWS::Kinesis::StreamConsumer',
      'AWS::Lambda::EventSourceMapping',
    ]);
    const gone = ids(onAws, (id) => !(id in local.resources));
    assert.deepEqual(types(onAws, gone), [...Array(2).fill('AWS::ApiGateway::Deployment'), 'AWS::CloudWatch::Alarm']);
    const added = ids(local, (id) => !(id in onAws.resources));
    assert.deepEqual(types(local, added), [
      ...Array(2).fill('AWS::ApiGateway::Deployment'),
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
    ]);
    assert.deepEqual(local.outputs, onAws.outputs);
  });

  test('the stages differ in nothing but the id of their deployment, which is made of the methods', () => {
    for (const name of ['collector', 'recommendation-api']) {
      const [there, here] = [onAws, local].map((template) => template.api(name).stage);
      assert.deepEqual({ ...here, DeploymentId: '' }, { ...there, DeploymentId: '' });
    }
  });

  test('what only an account can give is by default what the stand-in has', () => {
    const bare = new Synthesised(recommendations({ localCloud: 'true' }));
    const defaults = [
      bare.outputs['TrackingId']?.Value,
      ...bare.permissions().filter(({ actions }) => isOfPersonalize(actions)).flatMap(({ resources }) => resources),
    ].filter((value) => value !== '*');
    const resources = path.join(INFRA, '../crates/local/stand-ins/src/personalize/resources.rs');
    const standIn = readFileSync(resources, 'utf8');
    assert.equal(new Set(defaults).size, 11);
    for (const value of defaults) assert.ok(standIn.includes(`"${value}"`), value);
  });

  test('the arms, names of filters and promotions are the local ones', () => {
    const bare = new Synthesised(recommendations({ localCloud: 'true' }));
    const { Variables } = bare.lambda('recommendation-api').Properties['Environment'];
    const arms = JSON.parse(Variables.RECOMMENDATION_ARMS).map(({ name, weight }: any) => [name, weight]);
    assert.deepEqual(arms, [['control', 50], ['challenger', 50]]);
    assert.deepEqual(Object.keys(JSON.parse(Variables.FILTERS)), ['of-genre', 'unseen']);
    assert.deepEqual(Object.keys(JSON.parse(Variables.PROMOTIONS)), ['featured']);
  });

  test('a page of any origin may call', () => {
    const bare = new Synthesised(recommendations({ localCloud: 'true' }));
    const parameters = bare.api('collector').answer('UNAUTHORIZED')['ResponseParameters'];
    assert.equal(parameters['gatewayresponse.header.Access-Control-Allow-Origin'], "'*'");
  });

  test('the function is for the processor of this machine', () => {
    const bare = new Synthesised(recommendations({ localCloud: 'true' }));
    const forwarder = bare.behind(bare.outputs['ForwarderFunctionName']?.Value);
    assert.deepEqual(forwarder.Properties['Architectures'], [process.arch === 'arm64' ? 'arm64' : 'x86_64']);
  });
});

function ids(template: Synthesised, filter: (id: string) => boolean): string[] {
  return Object.keys(template.resources).filter(filter);
}

function types(template: Synthesised, ofThese: string[]): string[] {
  return ofThese.map((id) => template.resources[id]?.Type ?? '').sort();
}

function isOfPersonalize(actions: string[]): boolean {
  return actions.every((action) => action.startsWith('personalize:'));
}
