import type { CfnDashboard } from 'aws-cdk-lib/aws-quicksight';

/** A column of a data set, by the name that the dashboard gives the set. */
export interface Field {
  readonly dataSet: string;
  readonly column: string;
}

export type DateGranularity = 'DAY' | 'MONTH' | 'QUARTER' | 'YEAR';

/** A column in a visual, with the id under which its place is sorted by. No other field of the dashboard has that id. */
export interface Placed<Property> {
  readonly id: string;
  readonly property: Property;
}

/** A column with what it is for, to be placed in a visual by the visual's id. */
export type Use<Property> = (visual: string) => Placed<Property>;

export type Dimension = Use<CfnDashboard.DimensionFieldProperty>;
export type Measure = Use<CfnDashboard.MeasureFieldProperty>;

/** Groups by the values of a text. */
export function by(field: Field): Dimension {
  return use('by', field, (common) => ({ categoricalDimensionField: common }));
}

/** Groups by the values of a whole number, such as a year. */
export function byNumber(field: Field): Dimension {
  return use('by', field, (common) => ({ numericalDimensionField: common }));
}

/** Groups by time. */
export function over(field: Field, dateGranularity: DateGranularity): Dimension {
  return use('over', field, (common) => ({ dateDimensionField: { ...common, dateGranularity } }));
}

/** Adds up. */
export function sum(field: Field): Measure {
  const aggregationFunction = { simpleNumericalAggregation: 'SUM' };
  return use('sum', field, (common) => ({ numericalMeasureField: { ...common, aggregationFunction } }));
}

/** Counts different texts. */
export function countDistinct(field: Field): Measure {
  const aggregationFunction = 'DISTINCT_COUNT';
  return use('count', field, (common) => ({ categoricalMeasureField: { ...common, aggregationFunction } }));
}

/** A formula of the sheet's, whose aggregations are in it. */
export function computed(field: Field): Measure {
  return use('computed', field, (common) => ({ numericalMeasureField: common }));
}

/** A column as visuals and filters name it. */
export function identifier({ dataSet, column }: Field): CfnDashboard.ColumnIdentifierProperty {
  return { dataSetIdentifier: dataSet, columnName: column };
}

/** What every field has. */
interface Common {
  readonly fieldId: string;
  readonly column: CfnDashboard.ColumnIdentifierProperty;
}

function use<Property>(what: string, field: Field, property: (common: Common) => Property): Use<Property> {
  return (visual) => {
    const id = [visual, what, field.dataSet, field.column].join('.');
    return { id, property: property({ fieldId: id, column: identifier(field) }) };
  };
}
