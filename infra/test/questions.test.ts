import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import type { StarName } from '../lib/generative-bi/star.ts';
import { TOPIC, type TopicColumn, type TopicDataSet } from '../lib/generative-bi/topic.ts';
import { INFRA } from './synthesis.ts';

/** A business question, the SQL that answers it, and by which word of the question each needed column is asked for. */
interface Question {
  readonly id: string;
  readonly question: string;
  readonly kind: string;
  readonly sql: string;
  readonly columns: readonly string[];
  readonly words: Readonly<Record<string, string>>;
}

const FILE = path.join(INFRA, '../crates/generative-bi/orders/questions.json');

const KINDS = ['comparison', 'filter', 'growth', 'ranking', 'share', 'trend'];

/** Where QuickSight has the columns of views that data sets join: with the lines. */
const JOINED: Readonly<Record<string, StarName>> = { products: 'order_lines', regions: 'order_lines' };

describe('the question set', () => {
  test('is there', () => assert.ok(existsSync(FILE), `${FILE} does not exist: it holds the 25 business questions`));

  const questions: Question[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];

  test('has 25 questions, of every kind', () => {
    assert.equal(questions.length, 25);
    assert.deepEqual([...new Set(questions.map(({ kind }) => kind))].sort(), KINDS);
    for (const key of ['id', 'question'] as const) assert.equal(new Set(questions.map((one) => one[key])).size, 25, key);
  });

  for (const question of questions) {
    test(`finds each column of ${question.id} in the topic, under a word of the question`, () => {
      assert.deepEqual(problems(question), []);
    });
  }
});

describe('a question', () => {
  const asked = {
    id: 'sales',
    question: 'What are the sales in each region?',
    kind: 'comparison',
    sql: 'SELECT …',
    columns: ['bi.order_lines.revenue', 'bi.regions.region'],
    words: { 'bi.order_lines.revenue': 'sales', 'bi.regions.region': 'region' },
  };
  const problemsWith = (words: Record<string, string>, more: Partial<Question> = {}) =>
    problems({ ...asked, words: { ...asked.words, ...words }, ...more });

  test('is fine when its words are the topic’s', () => assert.deepEqual(problems(asked), []));

  test('may not be its own word', () => {
    assert.ok(problemsWith({ 'bi.regions.region': asked.question })[0]?.includes('is the whole question'));
  });

  test('must have the word in it', () => {
    assert.deepEqual(problemsWith({ 'bi.order_lines.revenue': 'turnover' }), [
      "bi.order_lines.revenue: 'turnover' is not in the question",
    ]);
  });

  test('must use a word that the topic knows', () => {
    assert.deepEqual(problemsWith({ 'bi.order_lines.revenue': 'what' }), [
      "bi.order_lines.revenue: the topic does not know 'what' for it",
    ]);
  });

  test('must have a word for each column, and each column must be in the topic', () => {
    const words = { 'bi.regions.region': 'region' };
    assert.deepEqual(problems({ ...asked, words }), ['bi.order_lines.revenue: has no word']);
    const columns = ['bi.order_lines.shoe_size'];
    assert.deepEqual(problems({ ...asked, columns, words: { 'bi.order_lines.shoe_size': 'sales' } }), [
      'bi.order_lines.shoe_size: is not in the topic',
    ]);
  });

  test('may ask by a calculated field, an entity, a filter or a value', () => {
    const by = (column: string, word: string) =>
      problems({ ...asked, question: `Tell me: ${word}!`, columns: [column], words: { [column]: word } });
    assert.deepEqual(by('bi.order_lines.order_id', 'average basket'), []);
    assert.deepEqual(by('bi.order_lines.customer_id', 'customer details'), []);
    assert.deepEqual(by('bi.order_lines.channel', 'online'), []);
    assert.deepEqual(by('bi.order_lines.status', 'sent back'), []);
  });
});

/** What is wrong with how a question asks for its columns. */
function problems({ question, columns, words }: Question): string[] {
  return [...new Set([...columns, ...Object.keys(words)])].flatMap((column) => {
    const known = wordsFor(column);
    if (known === undefined) return [`${column}: is not in the topic`];
    const word = words[column]?.toLowerCase();
    if (word === undefined) return [`${column}: has no word`];
    if (word === question.toLowerCase()) return [`${column}: '${word}' is the whole question`];
    if (!begins(question.toLowerCase(), word)) return [`${column}: '${word}' is not in the question`];
    return known.includes(word) ? [] : [`${column}: the topic does not know '${word}' for it`];
  });
}

/** A word of the text begins so: `month` is in `monthly`. */
function begins(text: string, word: string): boolean {
  return new RegExp(`(?<![\\p{L}\\d])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u').test(text);
}

/** All words, in lower case, by which the topic knows a column such as `bi.order_lines.revenue`. */
function wordsFor(column: string): string[] | undefined {
  const [schema, view = '', name = ''] = column.split('.');
  const dataSet = (TOPIC as Record<string, TopicDataSet<StarName> | undefined>)[JOINED[view] ?? view];
  const own = (dataSet?.columns as Record<string, TopicColumn> | undefined)?.[name];
  if (schema !== 'bi' || dataSet === undefined || own === undefined) return undefined;
  const is = (other: string) => other === name;
  const named = Object.entries({
    ...selected(dataSet.calculatedFields, ({ of }) => of.some(is)),
    ...selected(dataSet.namedEntities, ({ columns }) => columns.some(is)),
    ...selected(dataSet.filters, (filter) => is(filter.column)),
    ...Object.fromEntries(Object.entries(own.values ?? {}).map(([value, synonyms]) => [value, { synonyms }])),
  }).flatMap(([title, { synonyms }]) => [title, ...synonyms]);
  return [own.friendlyName, ...own.synonyms, ...named].map((word) => word.toLowerCase());
}

/** The parts of a data set that fit. */
function selected<Part>(parts: Readonly<Record<string, Part>> | undefined, fits: (part: Part) => boolean) {
  return Object.fromEntries(Object.entries(parts ?? {}).filter(([, part]) => fits(part)));
}
