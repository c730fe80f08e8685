import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { by, sum } from '../lib/quicksight/fields.ts';
import { choice } from '../lib/quicksight/filters.ts';
import { definition, type Sheet } from '../lib/quicksight/sheet.ts';
import { bars } from '../lib/quicksight/visuals.ts';

const field = (column: string) => ({ dataSet: 'set', column });
const visual = (id: string, columns: number, rows: number) =>
  bars({ id, title: id, columns, rows, value: sum(field('value')), category: by(field('kind')) });

function sheet(...rows: Sheet['rows'][number][]): Sheet {
  const filters = [choice({ id: 'kind', title: 'Kind', field: field('kind') })];
  return { id: 'sheet', name: 'Sheet', description: '', filters, rows };
}

/** Where the visuals of a sheet stand, as `id column,row width x height`. */
function places(of: Sheet): string[] {
  const { sheets } = definition([of], { set: 'arn' });
  const [laidOut] = sheets as any[];
  const { elements } = laidOut.layouts[0].configuration.gridLayout;
  return elements.map((one: any) => `${one.elementId} ${one.columnIndex},${one.rowIndex} ${one.columnSpan} x ${one.rowSpan}`);
}

describe('a sheet', () => {
  test('stands its visuals beside each other, and its rows below each other by the highest', () => {
    const of = sheet([visual('a', 10, 4), visual('b', 26, 6)], [visual('c', 36, 5)]);
    assert.deepEqual(places(of), ['a 0,0 10 x 4', 'b 10,0 26 x 6', 'c 0,6 36 x 5']);
  });

  test('has 36 columns, and not one more', () => {
    assert.deepEqual(places(sheet([visual('a', 18, 1), visual('b', 18, 1)])), ['a 0,0 18 x 1', 'b 18,0 18 x 1']);
    assert.throws(() => places(sheet([visual('a', 18, 1), visual('b', 19, 1)])), /sheet has 37 columns, not 36/);
  });

  test('has a group of its own for each filter', () => {
    const { filterGroups } = definition([sheet([visual('a', 1, 1)])], { set: 'arn' });
    const [group, ...others] = filterGroups as any[];
    assert.deepEqual(others, []);
    assert.equal(group.filterGroupId, 'kind-group');
    const [scope] = group.scopeConfiguration.selectedSheets.sheetVisualScopingConfigurations;
    assert.deepEqual(scope, { sheetId: 'sheet', scope: 'ALL_VISUALS' });
  });

  test('names its data sets by ARN', () => {
    const { dataSetIdentifierDeclarations } = definition([sheet([])], { set: 'arn' });
    assert.deepEqual(dataSetIdentifierDeclarations, [{ identifier: 'set', dataSetArn: 'arn' }]);
  });
});
