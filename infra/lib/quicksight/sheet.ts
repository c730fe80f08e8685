import type { CfnDashboard } from 'aws-cdk-lib/aws-quicksight';

import type { Field } from './fields.ts';
import { filterGroup, type SheetFilter } from './filters.ts';
import type { Visual } from './visuals.ts';

/** What a sheet shows: rows of visuals from left to right, and filters above. */
export interface Sheet {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly filters: readonly SheetFilter[];
  readonly rows: readonly (readonly Visual[])[];
  /** Columns that the sheet makes of others, each of one data set. */
  readonly formulas?: readonly (Field & { readonly expression: string })[];
}

/**
 * The columns of a sheet's grid.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_GridLayoutElement.html
 */
export const GRID_COLUMNS = 36;

/** What analysis and dashboard are made of. `dataSets` are the ARNs, by the names that fields use. */
export function definition(
  sheets: readonly Sheet[],
  dataSets: Readonly<Record<string, string>>,
): CfnDashboard.DashboardVersionDefinitionProperty {
  return {
    dataSetIdentifierDeclarations: Object.entries(dataSets).map(([identifier, dataSetArn]) => ({ identifier, dataSetArn })),
    calculatedFields: sheets.flatMap(({ formulas = [] }) =>
      formulas.map(({ dataSet, column, expression }) => ({ dataSetIdentifier: dataSet, name: column, expression })),
    ),
    filterGroups: sheets.flatMap(({ id, filters }) => filters.map((filter) => filterGroup(filter, id))),
    sheets: sheets.map(sheetDefinition),
  };
}

function sheetDefinition(sheet: Sheet): CfnDashboard.SheetDefinitionProperty {
  return {
    sheetId: sheet.id,
    name: sheet.name,
    description: sheet.description,
    contentType: 'INTERACTIVE',
    filterControls: sheet.filters.map(({ control }) => control),
    visuals: sheet.rows.flat().map(({ property }) => property),
    layouts: [{ configuration: { gridLayout: { elements: layout(sheet) } } }],
  };
}

/** Where each visual stands: rows below each other, each as high as its highest visual. */
function layout({ id, rows }: Sheet): CfnDashboard.GridLayoutElementProperty[] {
  const elements: CfnDashboard.GridLayoutElementProperty[] = [];
  let rowIndex = 0;
  for (const row of rows) {
    let columnIndex = 0;
    for (const visual of row) {
      elements.push({
        elementId: visual.id,
        elementType: 'VISUAL',
        columnIndex,
        columnSpan: visual.columns,
        rowIndex,
        rowSpan: visual.rows,
      });
      columnIndex += visual.columns;
    }
    if (columnIndex > GRID_COLUMNS) throw new Error(`a row of sheet ${id} has ${columnIndex} columns, not ${GRID_COLUMNS}`);
    rowIndex += Math.max(...row.map((visual) => visual.rows));
  }
  return elements;
}
