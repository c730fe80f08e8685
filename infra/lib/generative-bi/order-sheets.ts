import { by, byNumber, computed, countDistinct, type Field, over, sum } from '../quicksight/fields.ts';
import { choice, lastYears } from '../quicksight/filters.ts';
import type { Sheet } from '../quicksight/sheet.ts';
import { bars, kpi, line, table } from '../quicksight/visuals.ts';
import type { StarColumn, StarName } from './star.ts';
import { YEAR_OVER_YEAR_GROWTH } from './topic.ts';

/** A column of the star: of a name that is not there the compiler tells. */
function column<Name extends StarName>(dataSet: Name, name: StarColumn<Name>): Field {
  return { dataSet, column: name };
}

const day = column('order_lines', 'order_day');
const region = column('order_lines', 'region');
const revenue = column('order_lines', 'revenue');

/** How orders do: what they bring, where, and with what. */
const SALES: Sheet = {
  id: 'sales',
  name: 'Sales',
  description: 'Revenue by time, region and product; cancelled and returned lines are none',
  filters: [
    choice({ id: 'sales-region', title: 'Region', field: region }),
    lastYears({ id: 'sales-day', title: 'Ordered in', field: day, years: 3 }),
  ],
  rows: [
    [
      kpi({
        id: 'revenue',
        title: 'Revenue, against the year before',
        columns: 12,
        rows: 6,
        value: sum(revenue),
        period: over(day, 'YEAR'),
      }),
      kpi({
        id: 'orders',
        title: 'Orders, against the month before',
        columns: 12,
        rows: 6,
        value: countDistinct(column('order_lines', 'order_id')),
        period: over(day, 'MONTH'),
      }),
      kpi({
        id: 'returns',
        title: 'Returned amount, against the month before',
        columns: 12,
        rows: 6,
        value: sum(column('order_lines', 'returned_amount')),
        period: over(day, 'MONTH'),
      }),
    ],
    [
      line({
        id: 'revenue-by-month',
        title: 'Revenue by month and region',
        columns: 22,
        rows: 12,
        value: sum(column('daily_sales', 'revenue')),
        period: over(column('daily_sales', 'order_day'), 'MONTH'),
        colour: by(column('daily_sales', 'region')),
      }),
      bars({
        id: 'revenue-by-region',
        title: 'Revenue by region',
        columns: 14,
        rows: 12,
        value: sum(revenue),
        category: by(region),
      }),
    ],
    [
      table({
        id: 'top-products',
        title: 'Products by revenue',
        columns: 36,
        rows: 12,
        groupBy: [by(column('order_lines', 'product_name')), by(column('order_lines', 'category'))],
        values: [sum(revenue), sum(column('order_lines', 'quantity')), sum(column('order_lines', 'returned_amount'))],
        sort: { by: sum(revenue), direction: 'DESC' },
        pageSize: 10,
      }),
    ],
  ],
};

/** Of the sums, not the mean of the parts: a small category must not count as much as a large one. */
const GROWTH_OF_SUMS = {
  dataSet: 'yearly_growth',
  column: 'Growth',
  expression: YEAR_OVER_YEAR_GROWTH,
} as const;

/** How each year compares with the one before. */
const GROWTH: Sheet = {
  id: 'growth',
  name: 'Growth',
  description: 'Revenue of each year, region and category beside the year before',
  formulas: [GROWTH_OF_SUMS],
  filters: [choice({ id: 'growth-region', title: 'Region', field: column('yearly_growth', 'region') })],
  rows: [
    [
      table({
        id: 'yearly-growth',
        title: 'Growth over the year before',
        columns: 36,
        rows: 16,
        groupBy: [
          byNumber(column('yearly_growth', 'order_year')),
          by(column('yearly_growth', 'region')),
          by(column('yearly_growth', 'category')),
        ],
        values: [
          sum(column('yearly_growth', 'revenue')),
          sum(column('yearly_growth', 'previous_revenue')),
          computed(GROWTH_OF_SUMS),
        ],
        sort: { by: byNumber(column('yearly_growth', 'order_year')), direction: 'DESC' },
      }),
    ],
  ],
};

/** The sheets of the dashboard `Orders`. */
export const ORDER_SHEETS: readonly Sheet[] = [SALES, GROWTH];
