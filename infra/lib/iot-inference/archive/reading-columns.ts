// Loads no CDK: tests/athena/check.py lets Node print it.

/** What a column is for Hive, and so for Glue and Firehose, and what the same is in Athena's SQL. */
const TRINO_TYPES = {
  string: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  // Athena's timestamps have milliseconds: https://docs.aws.amazon.com/athena/latest/ug/data-types.html
  timestamp: 'timestamp(3)',
} as const;

export interface Column {
  /** In lower case: Hive has no other. */
  readonly name: string;
  readonly type: keyof typeof TRINO_TYPES;
  readonly comment: string;
}

/** The type of a column in Athena's SQL. */
export function trinoType({ type }: Column): string {
  return TRINO_TYPES[type];
}

const SITE: Column = { name: 'site', type: 'string', comment: 'Where the device stands' };

/**
 * The fields of a line of the archive, in their order there: those of `crates/iot-inference/telemetry`, and `arrivedAt`,
 * which is NULL where Firehose reads the stream itself.
 *
 * A value keeps the digits of a double. A sequence is a `bigint`, though a reading may count to 2^64: what counts from 0
 * does not get past 2^63, and the reading id has all digits of what does.
 */
export const LINE_COLUMNS: readonly Column[] = [
  { name: 'schemaversion', type: 'int', comment: 'The version of the JSON Schema' },
  { name: 'readingid', type: 'string', comment: 'deviceId/sensorId/sequence: repeats have the same' },
  { name: 'deviceid', type: 'string', comment: 'The device' },
  { name: 'sensorid', type: 'string', comment: 'The sensor of the device' },
  SITE,
  { name: 'measure', type: 'string', comment: 'What was measured' },
  { name: 'unit', type: 'string', comment: 'In which unit, as UCUM has it' },
  { name: 'value', type: 'double', comment: 'The value' },
  { name: 'quality', type: 'string', comment: 'good, uncertain or bad' },
  { name: 'measuredat', type: 'string', comment: 'By the clock of the device, in UTC' },
  { name: 'sequence', type: 'bigint', comment: 'Counted for each sensor' },
  { name: 'arrivedat', type: 'string', comment: 'When the stream took it, in UTC; NULL where Firehose reads the stream' },
];

/** The one column that is in the path of a file alone. */
export const DAY: Column = { name: 'day', type: 'string', comment: 'The day of measuredAt, as 2026-11-25' };

const MEASURED_AT: Column = { name: 'measured_at', type: 'timestamp', comment: 'measuredAt as a timestamp in UTC' };

/** The columns of `readings.sql`, in its order. */
export const VIEW_COLUMNS: readonly Column[] = [
  DAY,
  SITE,
  ...of('deviceid', 'sensorid', 'readingid'),
  MEASURED_AT,
  ...of('measure', 'unit', 'value', 'quality', 'sequence', 'measuredat', 'arrivedat', 'schemaversion'),
];

function of(...names: readonly string[]): readonly Column[] {
  return names.flatMap((name) => LINE_COLUMNS.filter((column) => column.name === name));
}
