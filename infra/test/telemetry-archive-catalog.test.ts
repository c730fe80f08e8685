import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { DAY, LINE_COLUMNS, trinoType, VIEW_COLUMNS } from '../lib/iot-inference/archive/reading-columns.ts';
import { INFRA, Synthesised } from './synthesis.ts';
import { TelemetryArchiveStack } from './telemetry-archive-stack.ts';

const template = new Synthesised(new TelemetryArchiveStack('writer'));
const SQL = readFileSync(path.join(INFRA, 'lib/iot-inference/archive/readings.sql'), 'utf8');

function table(name: string, from = template): Record<string, any> {
  const found = from.ofType('AWS::Glue::Table').find(({ Properties }) => Properties['TableInput'].Name === name);
  assert.ok(found !== undefined, name);
  assert.equal(from.behind(found.Properties['DatabaseName']).Properties['DatabaseInput'].Name, 'iot_inference');
  return found.Properties['TableInput'];
}

const names = (columns: readonly { Name: string }[]) => columns.map(({ Name }) => Name);

describe('the table of lines', () => {
  const lines = table('reading_lines');
  const bucket = { Ref: template.idOf(template.behind(destination().BucketARN)) };

  test('has the fields of a reading, in their order, and when it arrived', () => {
    const source = readFileSync(path.join(INFRA, '../crates/iot-inference/telemetry/src/json.rs'), 'utf8');
    const fields = /const FIELDS[^=]*=\s*\[([^\]]*)\]/.exec(source)?.[1]?.match(/\w+/g) ?? [];
    assert.equal(fields.length, 11);
    const wanted = [...fields, 'arrivedAt'].map((name) => name.toLowerCase());
    assert.deepEqual(names(lines['StorageDescriptor'].Columns), wanted);
  });

  test('has a number where a reading has one, else a text', () => {
    const numbers = LINE_COLUMNS.filter(({ type }) => type !== 'string').map(({ name, type }) => [name, type]);
    assert.deepEqual(numbers, [['schemaversion', 'int'], ['value', 'double'], ['sequence', 'bigint']]);
  });

  test('is Parquet, where Firehose puts it', () => {
    const { Location, InputFormat, SerdeInfo } = lines['StorageDescriptor'];
    assert.deepEqual(Location, { 'Fn::Join': ['', ['s3://', bucket, '/readings/']] });
    assert.match(InputFormat, /MapredParquetInputFormat$/);
    assert.match(SerdeInfo.SerializationLibrary, /ParquetHiveSerDe$/);
    assert.equal(lines['TableType'], 'EXTERNAL_TABLE');
  });

  test('is partitioned by the day of the path alone: the site is a column of the files', () => {
    assert.deepEqual(names(lines['PartitionKeys']), ['day']);
    assert.ok(names(lines['StorageDescriptor'].Columns).includes('site'));
    assert.match(destination().Prefix, /^readings\/day=/);
  });

  test('has its days worked out, from the first to a month ahead', () => {
    assert.deepEqual(lines['Parameters'], {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.range': '2013-01-01,NOW+1MONTH',
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'storage.location.template': { 'Fn::Join': ['', ['s3://', bucket, '/readings/day=${day}/']] },
    });
    const later = new Synthesised(new TelemetryArchiveStack('stream', { firstDay: '2026-11-01' }));
    assert.equal(table('reading_lines', later)['Parameters']['projection.day.range'], '2026-11-01,NOW+1MONTH');
  });

  test('refuses a first day that is none', () => {
    for (const firstDay of ['2026-02-30', '2026-1-1', 'NOW-1YEARS', '']) {
      assert.throws(() => new TelemetryArchiveStack('stream', { firstDay }), /firstDay is '.*', not a day as 2026-11-25/);
    }
  });
});

describe('the view of readings', () => {
  const view = table('readings');
  const [, definition = ''] = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/.exec(view['ViewOriginalText']) ?? [];
  const decoded = JSON.parse(Buffer.from(definition, 'base64').toString());

  test('is one that Athena knows as its own', () => {
    assert.equal(view['TableType'], 'VIRTUAL_VIEW');
    assert.equal(view['ViewExpandedText'], '/* Presto View */');
    assert.deepEqual(view['Parameters'], { presto_view: 'true', comment: 'Presto View' });
  });

  test('is the SQL of its file, in the database of its table', () => {
    assert.equal(decoded.originalSql, SQL.trim());
    assert.match(SQL, /\bFROM reading_lines\b/);
    assert.equal(decoded.catalog, 'awsdatacatalog');
    assert.equal(decoded.schema, 'iot_inference');
  });

  test('has the columns of its SQL, in their order, to Glue and to Athena', () => {
    const selected = /^SELECT\b([^]*?)\bFROM\b/m.exec(SQL.replace(/--[^\n]*/g, '').trim())?.[1] ?? '';
    const wanted = withoutParentheses(selected).split(',').map((column) => /(\w+)\s*$/.exec(column)?.[1]);
    assert.deepEqual(names(view['StorageDescriptor'].Columns), wanted);
    assert.deepEqual(decoded.columns.map(({ name }: any) => name), wanted);
    assert.deepEqual(decoded.columns.map(({ type }: any) => type), VIEW_COLUMNS.map(trinoType));
  });

  test('has every column of a line, the day, and a timestamp', () => {
    const all = [...LINE_COLUMNS, DAY].map(({ name }) => name);
    assert.deepEqual(new Set(VIEW_COLUMNS.map(({ name }) => name)), new Set([...all, 'measured_at']));
    assert.equal(VIEW_COLUMNS.length, all.length + 1);
  });

  test('is made after its table', () => {
    const resource = template.ofType('AWS::Glue::Table').find(({ Properties }) => Properties['TableInput'] === view);
    const before = resource?.DependsOn?.map((id) => template.resources[id]?.Properties['TableInput'].Name);
    assert.deepEqual(before, ['reading_lines']);
  });
});

function destination(): Record<string, any> {
  const { Properties } = template.only('AWS::KinesisFirehose::DeliveryStream');
  return Properties['ExtendedS3DestinationConfiguration'];
}

function withoutParentheses(sql: string): string {
  const shorter = sql.replace(/\([^()]*\)/g, ' ');
  return shorter === sql ? sql : withoutParentheses(shorter);
}
