import { readFileSync } from 'node:fs';
import * as path from 'node:path';

import { Aws } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';

import { glueColumn, prestoView } from './presto-view.ts';
import { DAY, LINE_COLUMNS, VIEW_COLUMNS } from './reading-columns.ts';

/** Named here, not by CloudFormation: the view's definition holds the name as text. */
export const DATABASE = 'iot_inference';
/** Of the lines as Firehose delivered them, repeats and all. */
export const TABLE = 'reading_lines';
/** Of the readings, each once. */
export const VIEW = 'readings';

/** Before it, only an old file that a device replays was measured: `shared/data/nab` begins in July of that year. */
const FIRST_DAY = '2013-01-01';

/** A file of its own, in what Athena and DuckDB both understand: tests/athena/check.py runs it. */
const VIEW_SQL = path.join(import.meta.dirname, 'readings.sql');

export interface ArchiveCatalogProps {
  /** What is delivered there, an `s3://` URL that ends in a slash. */
  readonly location: string;
  /** The oldest day that queries see, as 2026-11-25. */
  readonly firstDay: string | undefined;
}

/** What Firehose and Athena know of the archive: a database, the table of its lines, the view of its readings. */
export class ArchiveCatalog extends Construct {
  readonly databaseName = DATABASE;
  readonly tableName = TABLE;
  readonly viewName = VIEW;
  readonly table: glue.CfnTable;
  readonly view: glue.CfnTable;

  constructor(scope: Construct, id: string, { location, firstDay }: ArchiveCatalogProps) {
    super(scope, id);
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: DATABASE, description: 'Readings of sensors' },
    });
    this.table = this.add('Lines', database, lines(location, day(firstDay ?? FIRST_DAY)));
    this.view = this.add('Readings', database, readings());
    this.view.addResourceDependency(this.table);
  }

  private add(id: string, database: glue.CfnDatabase, tableInput: glue.CfnTable.TableInputProperty): glue.CfnTable {
    return new glue.CfnTable(this, id, { catalogId: Aws.ACCOUNT_ID, databaseName: database.ref, tableInput });
  }
}

/** Throws when it is no day: Athena would find that out only at the first query. */
function day(text: string): string {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new Error(`firstDay is '${text}', not a day as 2026-11-25`);
  }
  return text;
}

function lines(location: string, firstDay: string): glue.CfnTable.TableInputProperty {
  return {
    name: TABLE,
    description: 'Lines of the archive: a reading may be there more than once',
    tableType: 'EXTERNAL_TABLE',
    parameters: { EXTERNAL: 'TRUE', classification: 'parquet', ...projection(location, firstDay) },
    partitionKeys: [glueColumn(DAY)],
    storageDescriptor: {
      location,
      columns: LINE_COLUMNS.map(glueColumn),
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serdeInfo: {
        serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        parameters: { 'serialization.format': '1' },
      },
    },
  };
}

/**
 * Athena works the partitions out, so nobody registers them: no crawler, no MSCK REPAIR TABLE.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 *
 * Only the day is projected. The sites would have to be listed (`enum`), or named by every query (`injected`), and then a
 * query of the view without one would fail. So the site is a column of the files, below whose day's folder Athena reads
 * all that is there; a file has one site, and its statistics let a query of another pass over it.
 *
 * A day before the first or a month ahead is in the bucket, and no query sees it. A month, since the clock of a device may
 * be fast; every day costs a query that does not name days a look into the bucket.
 */
function projection(location: string, firstDay: string): Record<string, string> {
  return {
    'projection.enabled': 'true',
    [`projection.${DAY.name}.type`]: 'date',
    [`projection.${DAY.name}.format`]: 'yyyy-MM-dd',
    [`projection.${DAY.name}.range`]: `${firstDay},NOW+1MONTH`,
    [`projection.${DAY.name}.interval`]: '1',
    [`projection.${DAY.name}.interval.unit`]: 'DAYS',
    'storage.location.template': `${location}${DAY.name}=\${${DAY.name}}/`,
  };
}

function readings(): glue.CfnTable.TableInputProperty {
  return prestoView({
    name: VIEW,
    description: 'Readings, each once',
    databaseName: DATABASE,
    sql: readFileSync(VIEW_SQL, 'utf8').trim(),
    columns: VIEW_COLUMNS,
  });
}
