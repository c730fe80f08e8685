import type { StarColumn, StarName } from './star.ts';

/** How people speak of the star: what the Amazon Q topic knows. */
export type Topic = { readonly [Name in StarName]: TopicDataSet<Name> };

/** One data set of the topic. */
export interface TopicDataSet<Name extends StarName> {
  readonly name: string;
  readonly description: string;
  /** What "when" means, where nothing else is said. */
  readonly time?: { readonly column: StarColumn<Name>; readonly granularity: Granularity };
  /** Every column, so that none is there without a word for it. */
  readonly columns: { readonly [Column in StarColumn<Name>]: TopicColumn };
  readonly calculatedFields?: Readonly<Record<string, CalculatedField<Name>>>;
  readonly namedEntities?: Readonly<Record<string, NamedEntity<Name>>>;
  readonly filters?: Readonly<Record<string, NamedFilter<Name>>>;
}

/** What people call a column, and how its values add up. */
export interface TopicColumn {
  readonly friendlyName: string;
  readonly description: string;
  readonly synonyms: readonly string[];
  /** Adds up, by `aggregation`; without it the column is what is grouped by. */
  readonly aggregation?: Aggregation;
  /** Aggregations that would give nonsense. */
  readonly not?: readonly Aggregation[];
  readonly semanticType?: SemanticType;
  readonly granularity?: Granularity;
  /** What people call a value. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Which is better, for "best" and "worst". */
  readonly better?: 'greater' | 'lesser';
}

/** A number that is made of columns. */
export interface CalculatedField<Name extends StarName> {
  readonly description: string;
  readonly synonyms: readonly string[];
  /** What the expression uses; a test compares. */
  readonly of: readonly StarColumn<Name>[];
  readonly expression: string;
  readonly semanticType: SemanticType;
  readonly better?: 'greater' | 'lesser';
}

/** What is shown of a thing that a question names as a whole. */
export interface NamedEntity<Name extends StarName> {
  readonly description: string;
  readonly synonyms: readonly string[];
  /** The first is the thing's name. */
  readonly columns: readonly [StarColumn<Name>, ...StarColumn<Name>[]];
}

/** A word that stands for a choice of values. */
export interface NamedFilter<Name extends StarName> {
  readonly description: string;
  readonly synonyms: readonly string[];
  readonly column: StarColumn<Name>;
  readonly values: readonly string[];
}

export type Aggregation = 'SUM' | 'AVERAGE' | 'DISTINCT_COUNT' | 'MAX' | 'MIN' | 'COUNT';

export type Granularity = 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';

/**
 * What kind of thing a value is. The API takes any text and lists none; these are the kinds that the console offers.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_SemanticType.html
 */
export type SemanticType = 'Currency' | 'Percentage' | 'Identifier' | 'Product' | 'Location' | 'Date' | 'Year';

const REGION: TopicColumn = {
  friendlyName: 'Region',
  description: 'Where the order was placed from, such as Europe',
  synonyms: ['regions', 'area', 'areas', 'market', 'markets', 'territory', 'territories', 'where'],
  semanticType: 'Location',
};

const CATEGORY: TopicColumn = {
  friendlyName: 'Category',
  description: 'What kind of product it is, such as Toys',
  synonyms: ['categories', 'product category', 'product categories', 'kind of product', 'product line', 'department'],
};

const PRODUCT_NAME: TopicColumn = {
  friendlyName: 'Product',
  description: 'What the product is called now',
  synonyms: ['products', 'product name', 'item', 'items', 'article', 'articles', 'goods'],
  semanticType: 'Product',
};

const PRODUCT_ID: TopicColumn = {
  friendlyName: 'Product id',
  description: 'The key of the product',
  synonyms: ['product number', 'product key', 'SKU'],
  semanticType: 'Identifier',
};

const ORDER_DAY: TopicColumn = {
  friendlyName: 'Day',
  description: 'The day on which the order was placed, in UTC',
  synonyms: ['days', 'date', 'dates', 'daily', 'order date', 'order day', 'when', 'week', 'weekly'],
  semanticType: 'Date',
  granularity: 'DAY',
};

const ORDER_YEAR: TopicColumn = {
  friendlyName: 'Year',
  description: 'The year in which the order was placed, in UTC',
  synonyms: ['years', 'yearly', 'annual', 'annually', 'order year', 'calendar year'],
  semanticType: 'Year',
};

const REVENUE: TopicColumn = {
  friendlyName: 'Revenue',
  description: 'What was paid for lines that were neither cancelled nor returned',
  synonyms: ['sales', 'turnover', 'income', 'net sales', 'takings', 'revenues', 'sold for'],
  aggregation: 'SUM',
  semanticType: 'Currency',
  better: 'greater',
};

const RETURNED_AMOUNT: TopicColumn = {
  friendlyName: 'Returned amount',
  description: 'What was paid for lines that came back',
  synonyms: ['returns', 'refunds', 'refunded amount', 'returned sales', 'returned revenue', 'value of returns'],
  aggregation: 'SUM',
  semanticType: 'Currency',
  better: 'lesser',
};

/** Of what was bought and kept or sent back, the part that came back. */
const RETURN_RATE = {
  description: 'Of what was paid for lines that were not cancelled, the part that came back',
  synonyms: ['rate of returns', 'refund rate', 'share of returns', 'part returned'],
  of: ['returned_amount', 'revenue'],
  expression: 'sum({returned_amount}) / (sum({revenue}) + sum({returned_amount}))',
  semanticType: 'Percentage',
  better: 'lesser',
} as const;

/** How much more it is than the year before, as a part of it: in the topic, and on the dashboard. */
export const YEAR_OVER_YEAR_GROWTH = '(sum({revenue}) - sum({previous_revenue})) / sum({previous_revenue})';

/** The topic `Orders`. */
export const TOPIC: Topic = {
  order_lines: {
    name: 'Order lines',
    description: 'One row for each line of an order, as the order is now',
    time: { column: 'order_day', granularity: 'DAY' },
    columns: {
      order_id: {
        friendlyName: 'Order',
        description: 'The key of the order; an order has one or more lines',
        synonyms: ['orders', 'order id', 'order number', 'purchase', 'purchases', 'number of orders'],
        aggregation: 'DISTINCT_COUNT',
        not: ['SUM', 'AVERAGE'],
        semanticType: 'Identifier',
      },
      line: {
        friendlyName: 'Line',
        description: 'The number of the line in its order, from 1',
        synonyms: ['lines', 'line number', 'order line', 'order lines', 'position', 'positions'],
        aggregation: 'COUNT',
        not: ['SUM', 'AVERAGE'],
      },
      order_day: ORDER_DAY,
      order_month: {
        friendlyName: 'Month',
        description: 'The first day of the month in which the order was placed',
        synonyms: ['months', 'monthly', 'order month', 'calendar month'],
        semanticType: 'Date',
        granularity: 'MONTH',
      },
      order_quarter: {
        friendlyName: 'Quarter',
        description: 'The first day of the quarter in which the order was placed',
        synonyms: ['quarters', 'quarterly', 'order quarter', 'season', 'seasons'],
        semanticType: 'Date',
        granularity: 'QUARTER',
      },
      order_year: ORDER_YEAR,
      customer_id: {
        friendlyName: 'Customer',
        description: 'The key of the customer',
        synonyms: ['customers', 'customer id', 'buyer', 'buyers', 'client', 'clients', 'shopper', 'shoppers'],
        aggregation: 'DISTINCT_COUNT',
        not: ['SUM', 'AVERAGE'],
        semanticType: 'Identifier',
      },
      product_id: PRODUCT_ID,
      region: REGION,
      channel: {
        friendlyName: 'Channel',
        description: 'By which way the order came: web, mobile or store',
        synonyms: ['channels', 'sales channel', 'sales channels', 'way of ordering', 'platform'],
        values: {
          web: ['online shop', 'website', 'browser'],
          mobile: ['app', 'phone', 'mobile app'],
          store: ['shop', 'in person', 'branch', 'stores'],
        },
      },
      status: {
        friendlyName: 'Status',
        description: 'How far the line is: placed, shipped, delivered, returned or cancelled',
        synonyms: ['state', 'order status', 'statuses', 'stage', 'progress'],
        values: {
          PLACED: ['placed', 'open', 'new', 'ordered'],
          SHIPPED: ['shipped', 'sent', 'on the way', 'in transit'],
          DELIVERED: ['delivered', 'arrived', 'received'],
          RETURNED: ['returned', 'sent back', 'refunded'],
          CANCELLED: ['cancelled', 'canceled', 'called off'],
        },
      },
      quantity: {
        friendlyName: 'Quantity',
        description: 'How many pieces the line is of',
        synonyms: ['pieces', 'units', 'units ordered', 'number of pieces', 'how many', 'volume'],
        aggregation: 'SUM',
      },
      unit_price: {
        friendlyName: 'Unit price',
        description: 'The price of one piece before the discount',
        synonyms: ['price', 'prices', 'unit prices', 'list price', 'price per piece'],
        aggregation: 'AVERAGE',
        not: ['SUM'],
        semanticType: 'Currency',
      },
      discount: {
        friendlyName: 'Discount',
        description: 'The part of the price that was taken off, from 0 to 1',
        synonyms: ['discounts', 'rebate', 'rebates', 'price reduction', 'discount rate'],
        aggregation: 'AVERAGE',
        not: ['SUM'],
        semanticType: 'Percentage',
      },
      amount: {
        friendlyName: 'Amount',
        description: 'What the line costs after the discount, whatever became of it',
        synonyms: ['order value', 'line amount', 'gross sales', 'value', 'ordered amount', 'total'],
        aggregation: 'SUM',
        semanticType: 'Currency',
      },
      revenue: REVENUE,
      returned_amount: RETURNED_AMOUNT,
      product_name: PRODUCT_NAME,
      category: CATEGORY,
    },
    calculatedFields: {
      'Average order value': {
        description: 'Revenue for each order',
        synonyms: ['AOV', 'revenue per order', 'sales per order', 'average basket', 'basket size', 'order size'],
        of: ['revenue', 'order_id'],
        expression: 'sum({revenue}) / distinct_count({order_id})',
        semanticType: 'Currency',
        better: 'greater',
      },
      'Return rate': RETURN_RATE,
      'Revenue per customer': {
        description: 'Revenue for each customer who ordered',
        synonyms: ['sales per customer', 'customer value', 'average revenue per customer'],
        of: ['revenue', 'customer_id'],
        expression: 'sum({revenue}) / distinct_count({customer_id})',
        semanticType: 'Currency',
        better: 'greater',
      },
    },
    namedEntities: {
      'Order details': {
        description: 'An order with who ordered it, when, where and what became of it',
        synonyms: ['order information', 'about orders', 'details of orders'],
        columns: ['order_id', 'customer_id', 'order_day', 'region', 'channel', 'status', 'amount'],
      },
      'Product details': {
        description: 'A product with its category, its price and how it sells',
        synonyms: ['product information', 'about products', 'details of products'],
        columns: ['product_name', 'product_id', 'category', 'unit_price', 'quantity', 'revenue'],
      },
      'Customer details': {
        description: 'A customer with region, orders and revenue',
        synonyms: ['customer information', 'about customers', 'details of customers'],
        columns: ['customer_id', 'region', 'order_id', 'revenue'],
      },
    },
    filters: {
      'online orders': {
        description: 'Orders that came by web or mobile',
        synonyms: ['online', 'digital orders', 'e-commerce'],
        column: 'channel',
        values: ['web', 'mobile'],
      },
      'open orders': {
        description: 'Lines that are placed or shipped, and not yet delivered',
        synonyms: ['undelivered', 'outstanding orders', 'orders in progress'],
        column: 'status',
        values: ['PLACED', 'SHIPPED'],
      },
    },
  },
  daily_sales: {
    name: 'Daily sales',
    description: 'One row for each day, region and product',
    time: { column: 'order_day', granularity: 'DAY' },
    columns: {
      order_day: ORDER_DAY,
      region: REGION,
      product_id: PRODUCT_ID,
      product_name: PRODUCT_NAME,
      category: CATEGORY,
      orders: {
        friendlyName: 'Orders with the product',
        description: 'Orders of the day with the product; an order of several products counts for each',
        synonyms: ['orders a day', 'daily orders', 'orders per product'],
        aggregation: 'SUM',
      },
      units: {
        friendlyName: 'Units sold',
        description: 'Pieces that were sold and neither cancelled nor returned',
        synonyms: ['units', 'pieces sold', 'items sold', 'quantity sold', 'sold units', 'volume sold'],
        aggregation: 'SUM',
        better: 'greater',
      },
      revenue: { ...REVENUE, friendlyName: 'Daily revenue', synonyms: ['revenue', 'daily sales', ...REVENUE.synonyms] },
      returned_amount: RETURNED_AMOUNT,
    },
    calculatedFields: {
      'Daily return rate': RETURN_RATE,
      'Revenue per unit': {
        description: 'What one sold piece brought on average',
        synonyms: ['average selling price', 'sales per unit', 'ASP'],
        of: ['revenue', 'units'],
        expression: 'sum({revenue}) / sum({units})',
        semanticType: 'Currency',
        better: 'greater',
      },
    },
  },
  yearly_growth: {
    name: 'Yearly growth',
    description: 'One row for each year, region and category, beside the year before',
    columns: {
      order_year: ORDER_YEAR,
      region: REGION,
      category: CATEGORY,
      revenue: { ...REVENUE, friendlyName: 'Yearly revenue', synonyms: ['revenue', 'yearly sales', ...REVENUE.synonyms] },
      previous_revenue: {
        friendlyName: 'Revenue of the year before',
        description: 'The revenue of the same region and category one year earlier',
        synonyms: ['previous revenue', 'last year’s sales', 'prior year revenue', 'sales the year before', 'previous year'],
        aggregation: 'SUM',
        semanticType: 'Currency',
      },
      growth: {
        friendlyName: 'Growth by category',
        description: 'How much more the revenue is than the year before, as a part of it; each row for itself',
        synonyms: ['growth', 'grow', 'grew', 'growth rate', 'increase', 'change', 'decline'],
        aggregation: 'AVERAGE',
        not: ['SUM'],
        semanticType: 'Percentage',
        better: 'greater',
      },
    },
    calculatedFields: {
      'Year over year growth': {
        description: 'How much more the revenue is than the year before, over all rows that are asked for',
        synonyms: ['YoY', 'year on year', 'yearly growth', 'annual growth', 'revenue growth', 'sales growth'],
        of: ['revenue', 'previous_revenue'],
        expression: YEAR_OVER_YEAR_GROWTH,
        semanticType: 'Percentage',
        better: 'greater',
      },
    },
  },
};
