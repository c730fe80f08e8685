import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { SensorStateStack } from './sensor-state-stack.ts';
import { INFRA, Synthesised } from './synthesis.ts';

const CRATE = path.join(INFRA, '../crates/iot-inference/sensor-state-writer');
const template = new Synthesised(new SensorStateStack());
const schema: string = template.only('AWS::AppSync::GraphQLSchema').Properties['Definition'];

/** The schema without what it says to people, each block on one line. */
const SDL = schema.replace(/#.*$|"[^"\n]*"$/gm, '').replace(/\s+/g, ' ');

/** The directives of a type or an input, and what is between its braces. */
function block(kind: 'type' | 'input', name: string): { directives: string[]; body: string } {
  const [, directives = '', body] = new RegExp(`\\b${kind} ${name}\\b ?([^{]*)\\{([^}]*)\\}`).exec(SDL) ?? [];
  assert.ok(body !== undefined, name);
  return { directives: directives.match(/@\w+/g) ?? [], body };
}

/** The type of each field that has no arguments. */
function fields({ body }: { body: string }): Record<string, string> {
  return Object.fromEntries([...body.matchAll(/(\w+): ([\w![\]]+)/g)].map(([, name, type]) => [name, type]));
}

const BOTH = ['@aws_iam', '@aws_cognito_user_pools'];

describe('the schema', () => {
  const reading = fields(block('type', 'Reading'));

  test('takes as a reading what the writer publishes', () => {
    const readme = readFileSync(path.join(CRATE, 'README.md'), 'utf8').replace(/\s+/g, ' ');
    const [, body = ''] = /input ReadingInput \{([^}]*)\}/.exec(readme) ?? [];
    assert.equal(Object.keys(fields({ body })).length, 10);
    assert.deepEqual(fields(block('input', 'ReadingInput')), fields({ body }));
  });

  test('answers a reading with the same fields, of the same types', () => {
    assert.deepEqual(reading, fields(block('input', 'ReadingInput')));
  });

  test('tells subscribers every field: the writer selects them all', () => {
    const mutation = readFileSync(path.join(CRATE, 'src/publish_reading.graphql'), 'utf8').replace(/\s+/g, ' ');
    const shape = /^mutation PublishReading\(\$reading: ([\w!]+)\) \{ publishReading\((\w+): \$reading\) \{([^}]*)\} \}/;
    const [, type, argument, selected = ''] = shape.exec(mutation) ?? [];
    assert.equal(type, 'ReadingInput!');
    assert.equal(argument, 'reading');
    assert.deepEqual(selected.trim().split(' '), Object.keys(reading));
  });

  test('has the fields of the two tables’ items', () => {
    const source = readFileSync(path.join(CRATE, 'src/item.rs'), 'utf8');
    const constants = Object.fromEntries(
      [...source.matchAll(/pub const (\w+): &str = "(\w+)"/g)].map(([, name, value]) => [name, value]),
    );
    const [, attributes = ''] = /let attributes = \[([^]*?)\n {4}\];/.exec(source) ?? [];
    const named = [...attributes.matchAll(/^ {8}\((?:"(\w+)"|(\w+)),/gm)];
    const names = named.map(([, text, constant = '']) => text ?? constants[constant]);
    assert.deepEqual(new Set(names), new Set(Object.keys(reading)));
  });

  test('lets Cognito and IAM query and subscribe, and IAM alone publish', () => {
    for (const name of ['Query', 'Reading', 'ReadingPage']) {
      assert.deepEqual(block('type', name).directives, BOTH, name);
    }
    assert.match(block('type', 'Mutation').body, /^ *publishReading\(reading: ReadingInput!\): Reading @aws_iam *$/);
    const { body } = block('type', 'Subscription');
    const onReading = /^ *onReading\(deviceId: ID!\): Reading @aws_subscribe\(mutations: \["publishReading"\]\) (.*?) *$/;
    const [, directives] = onReading.exec(body) ?? [];
    assert.deepEqual(directives?.split(' '), BOTH);
  });

  test('has no field without a resolver but those of what a resolver answers', () => {
    const resolvers = template.ofType('AWS::AppSync::Resolver').map(({ Properties }) => Properties);
    const resolved = resolvers.map(({ TypeName, FieldName }) => `${TypeName}.${FieldName}`);
    const declared = ['Query', 'Mutation'].flatMap((type) =>
      [...block('type', type).body.matchAll(/(\w+)\(/g)].map(([, field]) => `${type}.${field}`));
    assert.deepEqual(declared.sort(), resolved.sort());
  });

  test('has no query of more levels than a request may have', () => {
    const { QueryDepthLimit: depth } = template.only('AWS::AppSync::GraphQLApi').Properties;
    const objects = new Set([...SDL.matchAll(/\btype (\w+)/g)].map(([, name]) => name));
    const levels = (type: string): number => {
      const inner = Object.values(fields(block('type', type))).map((of) => of.replace(/\W/g, ''));
      return 1 + Math.max(0, ...inner.filter((of) => objects.has(of)).map(levels));
    };
    assert.equal(1 + Math.max(levels('ReadingPage'), levels('Reading')), depth);
  });
});
