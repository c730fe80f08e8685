import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import ajv from 'ajv-draft-04';

import { DIALECTS, type Dialect, renderRequest, renderResponse } from './velocity.ts';

const COLLECTOR = path.resolve(import.meta.dirname, '../../crates/recommendations/interaction-collector');
const STREAM = 'interactions-stream';

type Json = Record<string, any>;

/** A case as the collector's README describes it. */
interface Case {
  readonly name: string;
  readonly caller?: Caller;
  readonly with?: Json;
  readonly without?: readonly string[];
  readonly batch?: readonly Json[];
  readonly body?: unknown;
  readonly text?: string;
  readonly route?: Route;
  readonly kinesis?: { readonly status: number; readonly body: Json };
  readonly records?: readonly Json[];
  readonly answer?: { readonly status: number; readonly retryAfter?: number; readonly body?: Json };
}

type Route = 'interactions' | 'interactions/batch';

/** The context that the authorizer gives. */
type Caller = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json | undefined;
}

const VISITOR = { sessionId: '0123456789abcdef0123456789abcdef' };

const DOORS = {
  'interactions': { accepts: validator('interaction'), template: 'put-record' },
  'interactions/batch': { accepts: validator('interaction-batch'), template: 'put-records' },
};

/** As the model of a method is used: draft 4, and ECMA's regular expressions, of which there are two kinds. */
function validator(name: string): (body: unknown) => boolean {
  const schema = JSON.parse(file(`schema/${name}.schema.json`));
  const compiled = (unicodeRegExp: boolean) =>
    new ajv.default({ strictTypes: false, allowMatchingProperties: true, unicodeRegExp }).compile(schema);
  const [byCharacters, byUnits] = [compiled(true), compiled(false)];
  return (body) => {
    const accepted = byCharacters(body);
    assert.equal(byUnits(body), accepted, 'it depends on what a regular expression takes for a character');
    return accepted;
  };
}

function file(name: string): string {
  return readFileSync(path.join(COLLECTOR, name), 'utf8');
}

function template(name: string): string {
  return file(`templates/${name}.vtl`).replaceAll('{{StreamName}}', STREAM);
}

/** The Kinesis request of a body that the gateway lets in; undefined for one that it answers with 400. */
function request(route: Route, body: string, caller: Caller, dialect: Dialect): Json | undefined {
  const { accepts, template: name } = DOORS[route];
  if (!accepts(parsed(body))) return undefined;
  return JSON.parse(renderRequest(template(`${name}.request`), body, caller, dialect));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The answer's status and template by the status of Kinesis, as the integration selects them. */
function answer(route: Route, kinesis: { status: number; body: Json }, dialect: Dialect): Answer {
  const [status, name] =
    kinesis.status >= 500 ? [503, 'kinesis-unavailable.response']
    : kinesis.status >= 400 ? [500, 'kinesis-error.response']
    : [202, `${DOORS[route].template}.response`];
  const rendered = renderResponse(template(name), JSON.stringify(kinesis.body), dialect);
  const headers = { 'Content-Type': 'application/json', ...rendered.headers };
  return { status: rendered.status ?? status, headers, body: JSON.parse(rendered.text) };
}

/** The records in a Kinesis request, each held to the session as its key. */
function records(request: Json, caller: Caller): Json[] {
  assert.equal(request['StreamName'], STREAM);
  const entries: Json[] = request['Records'] ?? [request];
  return entries.map((entry) => {
    assert.equal(entry['PartitionKey'], caller['sessionId']);
    return JSON.parse(Buffer.from(entry['Data'], 'base64').toString('utf8'));
  });
}

/** What the record of an interaction is: the body's fields under the token's ids. */
function record(interaction: Json, { sessionId, userId }: Caller): Json {
  const ids = userId === undefined ? { sessionId } : { sessionId, userId };
  return { schemaVersion: 1, type: 'interaction', ...ids, ...interaction };
}

/** JSON with its names in order. A number is the one that it is, however it is written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    member === null || typeof member !== 'object' || Array.isArray(member)
      ? member
      : Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

/** Cases write long things as `{"$text": "x", "times": 300}` and `{"$list": {}, "times": 500}`. */
function expanded(value: any): any {
  if (Array.isArray(value)) return value.map(expanded);
  if (value === null || typeof value !== 'object') return value;
  if ('$text' in value) return value.$text.repeat(value.times);
  if ('$list' in value) return Array.from({ length: value.times }, () => expanded(value.$list));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, expanded(member)]));
}

function sent(of: Case, interaction: Json): { route: Route; body: string; interactions: Json[] } {
  if (of.batch !== undefined) {
    const interactions = of.batch.map((fields) => ({ ...interaction, ...fields }));
    return { route: 'interactions/batch', body: JSON.stringify({ interactions }), interactions };
  }
  const route = of.route ?? 'interactions';
  if (of.text !== undefined) return { route, body: of.text, interactions: [] };
  if (of.body !== undefined) return { route, body: JSON.stringify(of.body), interactions: [] };
  const fields = Object.entries({ ...interaction, ...of.with }).filter(([name]) => !of.without?.includes(name));
  const body = Object.fromEntries(fields);
  return { route, body: JSON.stringify(body), interactions: [body] };
}

function check(of: Case, interaction: Json, dialect: Dialect): void {
  const { route, body, interactions } = sent(of, interaction);
  const caller = of.caller ?? VISITOR;
  const call = request(route, body, caller, dialect);
  if (of.answer?.status === 400) {
    assert.equal(call, undefined, 'the schema accepts it');
    return;
  }
  assert.ok(call, 'the schema refuses it');
  const put = records(call, caller);
  const expected = of.records ?? interactions.map((each) => record(each, caller));
  assert.ok(expected.length > 0);
  assert.equal(canonical(put), canonical(expected));
  const taken = { SequenceNumber: '49', ShardId: 'shardId-000000000000' };
  const all = { status: 200, body: route === 'interactions' ? taken : { Records: put.map(() => taken) } };
  const told = answer(route, of.kinesis ?? all, dialect);
  const { status, retryAfter, body: said } = of.answer ?? { status: 202, body: { accepted: put.length } };
  assert.equal(told.status, status);
  assert.equal(told.headers['Retry-After'], retryAfter === undefined ? undefined : String(retryAfter));
  assert.equal(told.headers['Content-Type'], status < 400 ? 'application/json' : 'application/problem+json');
  assert.equal(canonical(told.body), canonical(said));
}

describe('the collector, by its contract,', () => {
  for (const name of readdirSync(path.join(COLLECTOR, 'cases')).sort()) {
    const { interaction, cases } = JSON.parse(file(`cases/${name}`));
    for (const dialect of DIALECTS) {
      test(`${name}, ${dialect.name}`, () => {
        assert.ok(cases.length > 0);
        for (const each of cases.map(expanded) as Case[]) {
          try {
            check(each, interaction, dialect);
          } catch (error) {
            throw new Error(`${each.name}: ${(error as Error).message}`, { cause: error });
          }
        }
      });
    }
  }
});

describe('a body at random', () => {
  const FRAGMENTS = [
    '"', "'", '\\', '/', '{', '}', '[', ']', ':', ',', '$', '#', '!', ' ', '\n', '\u0000', '\u2028', '\u202e', 'é', '🛒',
    '$util.base64Encode("x")', '${context.authorizer.userId}', '$!input.json(\'$\')', '#set($fields = "x")', '#end',
    '#foreach($a in [1..3])', '##', '#*', '*#', '#[[', ']]#', '{{StreamName}}', '\\u0022', '\\"', "\\'", '","userId":"x',
    '__proto__', '$identity', '$fields', '$foreach.index', 'null', '$1', '&quot;',
  ];
  const random = xorshift(20_260_131);
  const below = (bound: number) => Math.floor(random() * bound);
  const chance = (share: number) => random() < share;
  const someText = (fragments: number) =>
    Array.from({ length: 1 + below(fragments) }, () => FRAGMENTS[below(FRAGMENTS.length)]).join('');
  const someValue = () => [someText(2), below(1e6) / 7, chance(0.5), -below(1e9)][below(4)];

  function someInteraction(): Json {
    const day = String(1 + below(31)).padStart(2, '0');
    return {
      eventId: someText(20),
      eventType: someText(9),
      sentAt: `2026-0${1 + below(9)}-${day}T12:00:00Z`,
      ...(chance(0.5) && { itemId: someText(9) }),
      ...(chance(0.3) && { eventValue: below(1e9) / 3 }),
      ...(chance(0.3) && { impression: Array.from({ length: 1 + below(4) }, () => someText(3)) }),
      ...(chance(0.3) && { properties: { a: someValue(), b_2: someValue() } }),
      ...(chance(0.2) && { metricAttribution: { eventAttributionSource: someText(4) } }),
      ...(chance(0.05) && { [someText(1)]: someText(1) }),
    };
  }

  function someCaller(): Caller {
    return chance(0.5) ? VISITOR : { ...VISITOR, userId: someText(12), scope: someText(2) };
  }

  /** Whether it was let in. */
  function holds(route: Route, interactions: Json[], dialect: Dialect): boolean {
    const body = JSON.stringify(route === 'interactions' ? interactions[0] : { interactions });
    const caller = someCaller();
    const call = request(route, body, caller, dialect);
    if (call === undefined) return false;
    assert.equal(canonical(records(call, caller)), canonical(interactions.map((each) => record(each, caller))));
    return true;
  }

  for (const dialect of DIALECTS) {
    test(`is refused, or becomes the record that it says, ${dialect.name}`, () => {
      const ones = Array.from({ length: 1_000 }, () => holds('interactions', [someInteraction()], dialect));
      const batches = Array.from({ length: 100 }, () => {
        const interactions = Array.from({ length: 1 + below(3) }, someInteraction);
        return holds('interactions/batch', interactions, dialect);
      });
      for (const outcomes of [ones, batches]) {
        const accepted = outcomes.filter(Boolean).length;
        assert.ok(accepted > outcomes.length / 10 && accepted < outcomes.length, `${accepted} of ${outcomes.length}`);
      }
    });
  }

  test('that is no interaction at all is refused', () => {
    for (let n = 0; n < 500; n += 1) {
      const something = [someText(3), { [someText(2)]: someInteraction() }, below(9)][below(3)];
      const body = chance(0.5) ? someText(30) : JSON.stringify(something);
      for (const route of ['interactions', 'interactions/batch'] as const) {
        assert.equal(request(route, body, VISITOR, DIALECTS[0]!), undefined, body);
      }
    }
  });
});

/** Numbers in [0, 1), the same in every run. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('without a session in the context', () => {
  for (const dialect of DIALECTS) {
    test(`the partition key is empty, which Kinesis refuses, ${dialect.name}`, () => {
      const body = JSON.stringify({ eventId: 'e1', eventType: 'click', sentAt: '2026-01-31T12:00:00Z' });
      const batch = JSON.stringify({ interactions: [JSON.parse(body)] });
      assert.equal(request('interactions', body, {}, dialect)?.['PartitionKey'], '');
      assert.equal(request('interactions/batch', batch, {}, dialect)?.['Records'][0].PartitionKey, '');
    });
  }
});

describe("the batch's schema", () => {
  test('repeats that of an interaction, since a model cannot refer to another without the API in its name', () => {
    const { $schema, ...interaction } = JSON.parse(file('schema/interaction.schema.json'));
    const batch = JSON.parse(file('schema/interaction-batch.schema.json'));
    assert.equal(batch.$schema, $schema);
    assert.deepEqual(batch.properties.interactions.items, interaction);
  });
});

describe('the model of API Gateway', () => {
  const rendered = (text: string) => renderRequest(text, '{"a":["x"]}', { ...VISITOR, userId: "it's" }, DIALECTS[0]!);

  test('has what the documentation says', () => {
    assert.equal(rendered("$input.json('$.a') $util.base64Encode('é')"), '["x"] w6k=');
    assert.equal(rendered('$context.authorizer.sessionId'), VISITOR.sessionId);
    assert.equal(rendered('$util.escapeJavaScript($context.authorizer.userId)'), "it\\'s");
    assert.equal(rendered('$util.escapeJavaScript($context.authorizer.userId).replaceAll("\\\\\'","\'")'), "it's");
    assert.equal(rendered("#foreach($b in $input.path('$.a'))$b$foreach.index#end"), 'x0');
  });

  test('refuses everything else', () => {
    const unknown = [
      '$input.body', "$input.params('a')", "$input.json('$..a')", '$util.parseJson("{}")', '$util.toJson("x")',
      '$context.identity.sourceIp', '$context.authorizer.claims', '$context.responseOverride.status',
      '#set($context.authorizer.sessionId = "x")', '#set($context.responseOverride.header.Retry-After = "1")',
      '$stageVariables.a', '$unset', '#parse("a")', '#evaluate("a")', "#set($a = 'x')$a.length()",
      "#set($a = 'x')$a.substring(0)", '$util.escapeJavaScript("")', '$util.base64Encode($context.authorizer.scope)',
    ];
    for (const text of unknown) assert.throws(() => rendered(text), Error, text);
  });

  test('lets an override be set once', () => {
    const set = `#set($context.responseOverride.header['Retry-After'] = "1")`;
    assert.deepEqual(renderResponse(set, '{}', DIALECTS[0]!).headers, { 'Retry-After': '1' });
    assert.throws(() => renderResponse(set + set, '{}', DIALECTS[0]!), /set twice/);
  });
});
