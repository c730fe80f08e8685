import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { columnsOfView } from './migrations.ts';

describe('the columns of a view', () => {
  const view = (query: string) => `CREATE OR REPLACE VIEW bi.a AS ${query};`;

  test('are the names in its list', () => {
    const sql = view("SELECT DISTINCT t.one, EXTRACT(YEAR FROM (at)) AS two, CASE WHEN x = 'a, b FROM' THEN 1 END::INT AS three\nFROM t");
    assert.deepEqual(columnsOfView('bi.a', [sql]), ['one', 'two', 'three']);
  });

  test('are those of the last SELECT, outside of parentheses and comments', () => {
    const query = 'WITH w AS (SELECT x FROM t) SELECT one -- , SELECT no FROM\n, two FROM (SELECT y FROM w) AS s';
    assert.deepEqual(columnsOfView('bi.a', [view(query)]), ['one', 'two']);
  });

  test('are those of the newest statement, in whatever file', () => {
    const other = 'CREATE OR REPLACE VIEW bi.ab AS SELECT z FROM t;';
    const files = [view('SELECT one FROM t'), `${view('SELECT two FROM t')} ${view('SELECT three FROM t')}`, other];
    assert.deepEqual(columnsOfView('bi.a', files), ['three']);
    assert.throws(() => columnsOfView('bi.b', files), /no migration has CREATE OR REPLACE VIEW bi\.b/);
  });
});
