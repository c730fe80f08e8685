/** The star that the migrations make in the schema `bi`, as far as dashboards and questions see it. */

/** As QuickSight knows types; decimals are exact, as the warehouse's are. */
export type ColumnType = 'text' | 'whole' | 'decimal' | 'time';

/** A column's name and type. */
export type Columns = Readonly<Record<string, ColumnType>>;

const ORDER_LINES = {
  order_id: 'text',
  line: 'whole',
  order_day: 'time',
  order_month: 'time',
  order_quarter: 'time',
  order_year: 'whole',
  customer_id: 'text',
  product_id: 'text',
  region: 'text',
  channel: 'text',
  status: 'text',
  quantity: 'whole',
  unit_price: 'decimal',
  discount: 'decimal',
  amount: 'decimal',
  revenue: 'decimal',
  returned_amount: 'decimal',
} as const satisfies Columns;

const PRODUCTS = { product_name: 'text', category: 'text' } as const satisfies Columns;

/** The views that data sets are made of, each with its columns. */
export const STAR = {
  /** Lines with what their product is called: `bi.order_lines` and `bi.products`. */
  order_lines: { ...ORDER_LINES, ...PRODUCTS },
  daily_sales: {
    order_day: 'time',
    region: 'text',
    product_id: 'text',
    product_name: 'text',
    category: 'text',
    orders: 'whole',
    units: 'whole',
    revenue: 'decimal',
    returned_amount: 'decimal',
  },
  yearly_growth: {
    order_year: 'whole',
    region: 'text',
    category: 'text',
    revenue: 'decimal',
    previous_revenue: 'decimal',
    growth: 'decimal',
  },
} as const satisfies Readonly<Record<string, Columns>>;

/** A data set, called by the view that it is of. */
export type StarName = keyof typeof STAR;

/** A column of a data set. */
export type StarColumn<Name extends StarName> = keyof (typeof STAR)[Name] & string;

/** The lines with their products. A line whose product nobody named is kept. */
export const ORDER_LINES_SQL = [
  `SELECT ${Object.keys(ORDER_LINES).map((column) => `lines.${column}`).join(', ')},`,
  `${Object.keys(PRODUCTS).map((column) => `products.${column}`).join(', ')}`,
  'FROM bi.order_lines AS lines',
  'LEFT JOIN bi.products AS products ON lines.product_id = products.product_id',
].join(' ');

/**
 * What the sensors of the IoT pattern measured, window by window. The view comes with that pattern; until then the context
 * value `sensorAggregates` stays away.
 */
export const SENSOR_AGGREGATES = {
  window_start: 'time',
  window_end: 'time',
  site: 'text',
  device: 'text',
  sensor: 'text',
  unit: 'text',
  readings: 'whole',
  mean: 'decimal',
  minimum: 'decimal',
  maximum: 'decimal',
} as const satisfies Columns;
