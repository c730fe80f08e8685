import { Stack } from 'aws-cdk-lib';
import * as quicksight from 'aws-cdk-lib/aws-quicksight';
import { Construct } from 'constructs';

import { owns } from '../quicksight/permissions.ts';
import type { RegionRules } from './dashboard-configuration.ts';
import { type Columns, type ColumnType, ORDER_LINES_SQL, SENSOR_AGGREGATES, STAR, type StarName } from './star.ts';
import { REGION_RULE_COLUMNS, regionRulesSql } from './region-rules.ts';

export interface DataSetsProps {
  readonly dataSourceArn: string;
  /** Owns them. Readers of the dashboard and the topic need no permission on what is behind. */
  readonly admin: string;
  readonly regionRules: RegionRules | undefined;
  readonly sensorAggregates: boolean;
}

/** Where a data set's rows come from. */
type Source = { readonly sql: string } | { readonly view: string };

/**
 * What QuickSight takes from the warehouse: every question is put to the warehouse itself. SPICE would keep a copy that is
 * as old as its last refresh, 15 minutes at the least where it is scheduled; these views are seconds behind the orders.
 */
export class DataSets extends Construct {
  readonly star: Readonly<Record<StarName, quicksight.CfnDataSet>>;
  readonly sensors: quicksight.CfnDataSet | undefined;
  private readonly rules: quicksight.CfnDataSet | undefined;

  constructor(scope: Construct, id: string, private readonly props: DataSetsProps) {
    super(scope, id);
    this.rules = this.createRules();
    this.star = {
      order_lines: this.ofStar('order_lines', 'Order lines', { sql: ORDER_LINES_SQL }),
      daily_sales: this.ofStar('daily_sales', 'Daily sales', { view: 'daily_sales' }),
      yearly_growth: this.ofStar('yearly_growth', 'Yearly growth', { view: 'yearly_growth' }),
    };
    this.sensors = props.sensorAggregates
      ? this.create('sensor_aggregates', 'Sensor aggregates', SENSOR_AGGREGATES, { view: 'sensor_aggregates' })
      : undefined;
  }

  /** All of the star have a region. */
  private ofStar(name: StarName, title: string, source: Source): quicksight.CfnDataSet {
    return this.create(name, title, STAR[name], source, this.rowLevel());
  }

  /** Who sees which regions, as a data set of constants: the rules are part of the template and change with it. */
  private createRules(): quicksight.CfnDataSet | undefined {
    const { regionRules } = this.props;
    if (regionRules === undefined) return undefined;
    const sql = regionRulesSql(regionRules);
    return this.create('region_rules', 'Region rules', REGION_RULE_COLUMNS, { sql }, { useAs: 'RLS_RULES' });
  }

  /**
   * A row is seen by those whom a rule names for its region; by nobody else, the owner included. Of the two ways to say it
   * this is the one for tables that are taken as they are: the API calls it legacy, and its successor is for data
   * preparation, of which there is none here: the warehouse's views are prepared.
   * https://docs.aws.amazon.com/quicksight/latest/user/restrict-access-to-a-data-set-using-row-level-security.html
   */
  private rowLevel(): Partial<quicksight.CfnDataSetProps> {
    if (this.rules === undefined) return {};
    return {
      rowLevelPermissionDataSet: {
        arn: this.rules.attrArn,
        formatVersion: 'VERSION_2',
        permissionPolicy: 'GRANT_ACCESS',
        status: 'ENABLED',
      },
    };
  }

  private create(
    name: string,
    title: string,
    columns: Columns,
    source: Source,
    more: Partial<quicksight.CfnDataSetProps> = {},
  ): quicksight.CfnDataSet {
    const { stackName, account } = Stack.of(this);
    return new quicksight.CfnDataSet(this, name, {
      awsAccountId: account,
      dataSetId: `${stackName}-${name}`,
      name: title,
      importMode: 'DIRECT_QUERY',
      physicalTableMap: { [tableId(name)]: this.physicalTable(name, columns, source) },
      permissions: [owns(this.props.admin, 'dataSet')],
      ...more,
    });
  }

  private physicalTable(name: string, columns: Columns, source: Source): quicksight.CfnDataSet.PhysicalTableProperty {
    const { dataSourceArn } = this.props;
    const inputColumns = Object.entries(columns).map(([column, type]) => ({ name: column, ...INPUT_TYPES[type] }));
    if ('sql' in source) return { customSql: { dataSourceArn, name, sqlQuery: source.sql, columns: inputColumns } };
    return { relationalTable: { dataSourceArn, schema: 'bi', name: source.view, inputColumns } };
  }
}

/** FIXED is exact to four digits after the point, as many as the star has. */
const INPUT_TYPES: Readonly<Record<ColumnType, { readonly type: string; readonly subType?: string }>> = {
  text: { type: 'STRING' },
  whole: { type: 'INTEGER' },
  decimal: { type: 'DECIMAL', subType: 'FIXED' },
  time: { type: 'DATETIME' },
};

/** Letters, digits and dashes alone. */
function tableId(name: string): string {
  return name.replaceAll('_', '-');
}
