import type * as glue from 'aws-cdk-lib/aws-glue';

import { type Column, trinoType } from './reading-columns.ts';

export interface PrestoViewProps {
  readonly name: string;
  readonly description: string;
  /** Where the view's SQL finds a table that it names without a database. */
  readonly databaseName: string;
  readonly sql: string;
  readonly columns: readonly Column[];
}

/**
 * A view as Athena keeps it in Glue, which CloudFormation has no resource of its own for: a virtual table, whose text is
 * the view's definition as JSON. It is what Trino's Hive connector writes and reads; AWS does not document it.
 * https://github.com/trinodb/trino/blob/master/plugin/trino-hive/src/main/java/io/trino/plugin/hive/ViewReaderUtil.java
 */
export function prestoView(props: PrestoViewProps): glue.CfnTable.TableInputProperty {
  return {
    name: props.name,
    description: props.description,
    tableType: 'VIRTUAL_VIEW',
    // Without both, it is a view of Hive's, and its text would be SQL.
    parameters: { presto_view: 'true', comment: 'Presto View' },
    partitionKeys: [],
    // Athena looks for it, though there is nothing to read.
    storageDescriptor: { columns: props.columns.map(glueColumn), serdeInfo: {} },
    viewOriginalText: `/* Presto View: ${Buffer.from(definition(props)).toString('base64')} */`,
    viewExpandedText: '/* Presto View */',
  };
}

/** A column as Glue has it. */
export function glueColumn({ name, type, comment }: Column): glue.CfnTable.ColumnProperty {
  return { name, type, comment };
}

/** If the columns are not those of the SQL, in its order, Athena says that the view is stale. */
function definition({ databaseName, sql, columns }: PrestoViewProps): string {
  return JSON.stringify({
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: databaseName,
    columns: columns.map((column) => ({ name: column.name, type: trinoType(column) })),
  });
}
