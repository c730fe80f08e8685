import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const onAws = new Synthesised(recommendations({ ...ON_AWS, architecture: 'x86_64' }));
const local = new Synthesised(recommendations({ ...ON_AWS, architecture: 'x86_64', localCloud: 'true' }));

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

  test('nothing else differs', () => {
    const changed = ids(onAws, (id) => JSON.stringify(onAws.resources[id]) !== JSON.stringify(local.resources[id]));
    assert.deepEqual(changed.map((id) => onAws.resources[id]?.Type).sort(), [
      'AWS::Kinesis::StreamConsumer',
      'AWS::Lambda::EventSourceMapping',
    ]);
    const added = ids(local, (id) => !(id in onAws.resources));
    assert.deepEqual(added.map((id) => local.resources[id]?.Type).sort(), ['AWS::IAM::Role', 'AWS::Lambda::Function']);
    assert.deepEqual(local.outputs, onAws.outputs);
  });

  test('what only an account can give is by default what the stand-in has', () => {
    const bare = new Synthesised(recommendations({ localCloud: 'true' }));
    const defaults = [
      bare.outputs['TrackingId']?.Value,
      ...bare.allowedOn('personalize:PutItems'),
      ...bare.allowedOn('personalize:PutUsers'),
    ];
    const resources = path.join(INFRA, '../crates/local/stand-ins/src/personalize/resources.rs');
    const standIn = readFileSync(resources, 'utf8');
    assert.equal(defaults.length, 3);
    for (const value of defaults) assert.ok(standIn.includes(`"${value}"`), value);
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
