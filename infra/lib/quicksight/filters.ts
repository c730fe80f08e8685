import type { CfnDashboard } from 'aws-cdk-lib/aws-quicksight';

import { type Field, identifier } from './fields.ts';

/** A filter with its control, for a whole sheet. */
export interface SheetFilter {
  readonly id: string;
  readonly filter: CfnDashboard.FilterProperty;
  readonly control: CfnDashboard.FilterControlProperty;
}

interface Named {
  readonly id: string;
  readonly title: string;
  readonly field: Field;
}

/** A list of values to choose from; at first all are chosen. */
export function choice({ id, title, field }: Named): SheetFilter {
  return {
    id,
    filter: {
      categoryFilter: {
        filterId: id,
        column: identifier(field),
        configuration: {
          filterListConfiguration: { matchOperator: 'CONTAINS', selectAllOptions: 'FILTER_ALL_VALUES' },
        },
      },
    },
    control: { dropdown: { filterControlId: `${id}-control`, sourceFilterId: id, title, type: 'MULTI_SELECT' } },
  };
}

/** The last years, or any other time that the reader chooses. */
export function lastYears({ id, title, field, years }: Named & { readonly years: number }): SheetFilter {
  return {
    id,
    filter: {
      relativeDatesFilter: {
        filterId: id,
        column: identifier(field),
        anchorDateConfiguration: { anchorOption: 'NOW' },
        relativeDateType: 'LAST',
        relativeDateValue: years,
        timeGranularity: 'YEAR',
        minimumGranularity: 'DAY',
        nullOption: 'NON_NULLS_ONLY',
      },
    },
    control: { relativeDateTime: { filterControlId: `${id}-control`, sourceFilterId: id, title } },
  };
}

/**
 * The filter as a group of one that holds for all data sets with a column of that name.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_FilterGroup.html
 */
export function filterGroup({ id, filter }: SheetFilter, sheetId: string): CfnDashboard.FilterGroupProperty {
  const scope = { sheetId, scope: 'ALL_VISUALS' };
  return {
    filterGroupId: `${id}-group`,
    crossDataset: 'ALL_DATASETS',
    status: 'ENABLED',
    filters: [filter],
    scopeConfiguration: { selectedSheets: { sheetVisualScopingConfigurations: [scope] } },
  };
}
