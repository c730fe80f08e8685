import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';

import { dashboards, generativeBi, INFRA, Synthesised } from './synthesis.ts';

const printed: Record<string, string> = JSON.parse(
  execFileSync(process.execPath, ['--import', 'tsx', 'bin/print-sql.ts'], { cwd: INFRA, encoding: 'utf8' }),
);

/** The rules of regions with other users, groups and regions are the same SQL otherwise. */
const shape = (sql: string) => sql.replace(/'[^']*'/g, "'…'");

describe('the SQL that is printed', () => {
  test('is all that the templates have', () => {
    const schedules = new Synthesised(generativeBi())
      .ofType('AWS::Scheduler::Schedule')
      .map(({ Properties }) => /\\?"Sql\\?":\\?"(?<sql>.*?)\\?"/.exec(JSON.stringify(Properties['Target'].Input))?.groups?.['sql']);
    const dataSets = new Synthesised(dashboards())
      .ofType('AWS::QuickSight::DataSet')
      .flatMap(({ Properties }) => Object.values<any>(Properties['PhysicalTableMap']))
      .flatMap(({ CustomSql }) => (CustomSql === undefined ? [] : [CustomSql.SqlQuery]));
    assert.equal(schedules.length, 2);
    assert.equal(dataSets.length, 2);
    const wanted = [...schedules, ...dataSets].map((sql) => shape(String(sql)));
    assert.deepEqual(Object.values(printed).map(shape).sort(), wanted.sort());
  });
});
