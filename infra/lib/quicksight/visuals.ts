import type { CfnDashboard } from 'aws-cdk-lib/aws-quicksight';

import type { Dimension, Measure, Placed } from './fields.ts';

/** A visual with the room that it takes on a grid of 36 columns. */
export interface Visual {
  readonly id: string;
  readonly columns: number;
  readonly rows: number;
  readonly property: CfnDashboard.VisualProperty;
}

interface Named {
  readonly id: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
}

/** One number, beside the same of the period before. */
export function kpi(visual: Named & { readonly value: Measure; readonly period: Dimension }): Visual {
  const period = visual.period(visual.id);
  const chartConfiguration: CfnDashboard.KPIConfigurationProperty = {
    fieldWells: { values: [visual.value(visual.id).property], trendGroups: [period.property] },
    kpiOptions: {
      primaryValueDisplayType: 'ACTUAL',
      comparison: { comparisonMethod: 'PERCENT_DIFFERENCE' },
      trendArrows: { visibility: 'VISIBLE' },
      secondaryValue: { visibility: 'VISIBLE' },
    },
    // The newest period first: its value is the one that is shown.
    sortConfiguration: { trendGroupSort: [sorted(period, 'DESC')] },
  };
  return placed(visual, { kpiVisual: { ...named(visual), chartConfiguration } });
}

/** How a number develops, a line for each value of `colour`. */
export function line(
  visual: Named & { readonly value: Measure; readonly period: Dimension; readonly colour?: Dimension },
): Visual {
  const period = visual.period(visual.id);
  const chartConfiguration: CfnDashboard.LineChartConfigurationProperty = {
    type: 'LINE',
    fieldWells: {
      lineChartAggregatedFieldWells: {
        category: [period.property],
        values: [visual.value(visual.id).property],
        ...(visual.colour === undefined ? {} : { colors: [visual.colour(visual.id).property] }),
      },
    },
    sortConfiguration: { categorySort: [sorted(period, 'ASC')] },
  };
  return placed(visual, { lineChartVisual: { ...named(visual), chartConfiguration } });
}

/** A number for each value of a dimension, the highest first. */
export function bars(visual: Named & { readonly value: Measure; readonly category: Dimension }): Visual {
  const value = visual.value(visual.id);
  const chartConfiguration: CfnDashboard.BarChartConfigurationProperty = {
    orientation: 'HORIZONTAL',
    fieldWells: {
      barChartAggregatedFieldWells: {
        category: [visual.category(visual.id).property],
        values: [value.property],
      },
    },
    sortConfiguration: { categorySort: [sorted(value, 'DESC')] },
  };
  return placed(visual, { barChartVisual: { ...named(visual), chartConfiguration } });
}

/** Numbers in rows, sorted by one of the columns. */
export function table(
  visual: Named & {
    readonly groupBy: readonly Dimension[];
    readonly values: readonly Measure[];
    readonly sort: { readonly by: Dimension | Measure; readonly direction: 'ASC' | 'DESC' };
    /** As many rows a page. */
    readonly pageSize?: number;
  },
): Visual {
  const chartConfiguration: CfnDashboard.TableConfigurationProperty = {
    fieldWells: {
      tableAggregatedFieldWells: {
        groupBy: visual.groupBy.map((dimension) => dimension(visual.id).property),
        values: visual.values.map((measure) => measure(visual.id).property),
      },
    },
    sortConfiguration: {
      rowSort: [sorted(visual.sort.by(visual.id), visual.sort.direction)],
      ...(visual.pageSize === undefined
        ? {}
        : { paginationConfiguration: { pageNumber: 1, pageSize: visual.pageSize } }),
    },
  };
  return placed(visual, { tableVisual: { ...named(visual), chartConfiguration } });
}

function placed({ id, columns, rows }: Named, property: CfnDashboard.VisualProperty): Visual {
  return { id, columns, rows, property };
}

function named({ id, title }: Named) {
  return { visualId: id, title: { visibility: 'VISIBLE', formatText: { plainText: title } } };
}

function sorted({ id }: Placed<unknown>, direction: 'ASC' | 'DESC'): CfnDashboard.FieldSortOptionsProperty {
  return { fieldSort: { fieldId: id, direction } };
}
