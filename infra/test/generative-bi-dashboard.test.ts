import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { regionRulesSql } from '../lib/generative-bi/region-rules.ts';
import { STAR } from '../lib/generative-bi/star.ts';
import { owns, reads } from '../lib/quicksight/permissions.ts';
import { GRID_COLUMNS } from '../lib/quicksight/sheet.ts';
import { columnsOfView } from './migrations.ts';
import { BI_ON_AWS, dashboards, generativeBi, Synthesised } from './synthesis.ts';

const template = new Synthesised(dashboards());
const { quickSightAdmin, biSecretArn } = BI_ON_AWS;
const bare = new Synthesised(dashboards({ quickSightAdmin, biSecretArn }));
const ADMIN = quickSightAdmin;
const SALES = BI_ON_AWS.quickSightPrincipals;

/** The data set whose id ends so. */
function dataSet(name: string, of: Synthesised = template): Record<string, any> {
  const [found, ...others] = of
    .ofType('AWS::QuickSight::DataSet')
    .filter(({ Properties }) => Properties['DataSetId'] === `GenerativeBiDashboard-${name}`);
  assert.ok(found !== undefined && others.length === 0, name);
  return found.Properties;
}

/** The one physical table of a data set. */
function tableOf(name: string): Record<string, any> {
  const [table, ...others] = Object.values<any>(dataSet(name)['PhysicalTableMap']);
  assert.deepEqual(others, []);
  return table.CustomSql ?? table.RelationalTable;
}

describe('QuickSight’s way to the warehouse', () => {
  const connection = template.only('AWS::QuickSight::VPCConnection').Properties;
  const source = template.only('AWS::QuickSight::DataSource').Properties;

  test('leads into the warehouse’s subnets, as the group that the database lets in', () => {
    assert.equal(connection['SubnetIds'].length, 3);
    assert.equal(connection['SecurityGroupIds'].length, 1);
    assert.ok(JSON.stringify(connection['SecurityGroupIds']).includes('DashboardAccess'));
  });

  test('is a role that makes network interfaces there, and nowhere else', () => {
    const role = template.behind(connection['RoleArn']);
    const [trust] = role.Properties['AssumeRolePolicyDocument'].Statement;
    assert.equal(trust.Principal.Service, 'quicksight.amazonaws.com');
    const create = JSON.stringify(template.allowedOn('ec2:CreateNetworkInterface'));
    assert.equal(create.match(/:subnet\//g)?.length, 3);
    assert.equal(create.match(/:security-group\//g)?.length, 1);
    for (const action of ['ec2:DeleteNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute']) {
      assert.ok(JSON.stringify(template.allowedOn(action)).includes(':network-interface/*'));
    }
  });

  test('signs in with a secret, encrypted, through the connection', () => {
    assert.equal(source['Type'], 'REDSHIFT');
    assert.deepEqual(source['Credentials'], { SecretArn: BI_ON_AWS.biSecretArn });
    assert.deepEqual(source['SslProperties'], { DisableSsl: false });
    assert.equal(template.behind(source['VpcConnectionProperties'].VpcConnectionArn).Type, 'AWS::QuickSight::VPCConnection');
    const { Database, Port, Host } = source['DataSourceParameters'].RedshiftParameters;
    assert.deepEqual([Database, Port], ['analytics', 5439]);
    assert.ok(JSON.stringify(Host).includes('WorkgroupEndpointAddress'));
  });
});

describe('the stack of the dashboards', () => {
  test('takes what the warehouse’s stack gives without it too, and so can be deployed alone', () => {
    const { changeCapture } = BI_ON_AWS;
    const exported = Object.values<any>(new Synthesised(generativeBi({ changeCapture })).outputs).map(({ Export }) => Export?.Name);
    const imported = find(template.resources, 'Fn::ImportValue').map((value) => value['Fn::ImportValue']);
    assert.deepEqual([...new Set(imported)].sort(), exported.filter((name) => name !== undefined).sort());
    assert.ok(imported.length > 0);
  });
});

describe('the data sets', () => {
  test('ask the warehouse itself, which is seconds behind the orders', () => {
    const modes = template.ofType('AWS::QuickSight::DataSet').map(({ Properties }) => Properties['ImportMode']);
    assert.deepEqual(new Set(modes), new Set(['DIRECT_QUERY']));
  });

  test('have exactly the columns of the views that the migrations make', () => {
    const products = columnsOfView('bi.products').filter((column) => column !== 'product_id');
    for (const [name, columns] of Object.entries(STAR)) {
      const names = tableOf(name)[name === 'order_lines' ? 'Columns' : 'InputColumns'].map(({ Name }: any) => Name);
      assert.deepEqual(names, Object.keys(columns));
      assert.deepEqual(names, [...columnsOfView(`bi.${name}`), ...(name === 'order_lines' ? products : [])], name);
    }
  });

  test('name each column’s type', () => {
    const columns: any[] = tableOf('order_lines')['Columns'];
    const types = Object.fromEntries(columns.map(({ Name, Type, SubType }) => [Name, [Type, SubType]]));
    assert.deepEqual(types.order_id, ['STRING', undefined]);
    assert.deepEqual(types.line, ['INTEGER', undefined]);
    assert.deepEqual(types.order_day, ['DATETIME', undefined]);
    assert.deepEqual(types.revenue, ['DECIMAL', 'FIXED']);
  });

  test('give lines the name and category of their product, and keep those without', () => {
    const { SqlQuery } = tableOf('order_lines');
    assert.match(SqlQuery, /^SELECT lines\.order_id, .*products\.product_name, products\.category FROM/);
    assert.match(SqlQuery, /FROM bi\.order_lines AS lines LEFT JOIN bi\.products AS products ON/);
  });

  test('take the other views as they are', () => {
    for (const name of ['daily_sales', 'yearly_growth']) {
      const { Schema, Name } = tableOf(name);
      assert.deepEqual([Schema, Name], ['bi', name]);
    }
  });

  test('have the sensors’ aggregates only where the IoT pattern is', () => {
    const { Schema, Name, InputColumns } = tableOf('sensor_aggregates');
    assert.deepEqual([Schema, Name], ['bi', 'sensor_aggregates']);
    const names = InputColumns.map(({ Name: column }: any) => column).join(' ');
    assert.equal(names, 'window_start window_end site device sensor unit readings mean minimum maximum');
    assert.equal(bare.ofType('AWS::QuickSight::DataSet').length, 3);
  });
});

describe('row-level security', () => {
  const names = ['order_lines', 'daily_sales', 'yearly_growth'];

  test('keeps the rows of every data set with a region, by users and groups', () => {
    const rules = template.ofType('AWS::QuickSight::DataSet').find(({ Properties }) => Properties['UseAs'] === 'RLS_RULES');
    assert.ok(rules !== undefined);
    for (const name of names) {
      const { Arn, FormatVersion, PermissionPolicy, Status } = dataSet(name)['RowLevelPermissionDataSet'];
      assert.equal(template.behind(Arn), rules);
      // Version 2 is the one with ARNs.
      assert.deepEqual([FormatVersion, PermissionPolicy, Status], ['VERSION_2', 'GRANT_ACCESS', 'ENABLED']);
    }
    assert.equal(dataSet('sensor_aggregates')['RowLevelPermissionDataSet'], undefined);
  });

  test('is away unless it is asked for', () => {
    for (const name of names) assert.equal(dataSet(name, bare)['RowLevelPermissionDataSet'], undefined);
  });

  test('names for each the regions, or none to mean all', () => {
    assert.equal(
      tableOf('region_rules')['SqlQuery'],
      `SELECT CAST('${ADMIN}' AS VARCHAR(2048)) AS "UserARN", CAST(NULL AS VARCHAR(2048)) AS "GroupARN", ` +
        'CAST(NULL AS VARCHAR(2048)) AS region UNION ALL ' +
        `SELECT CAST(NULL AS VARCHAR(2048)) AS "UserARN", CAST('${SALES}' AS VARCHAR(2048)) AS "GroupARN", ` +
        "CAST('Europe,Asia' AS VARCHAR(2048)) AS region",
    );
    assert.equal(tableOf('region_rules')['SqlQuery'], regionRulesSql(JSON.parse(BI_ON_AWS.regionRules)));
  });
});

describe('the dashboard', () => {
  const dashboard = template.only('AWS::QuickSight::Dashboard').Properties;
  const sheets: any[] = dashboard['Definition'].Sheets;
  const visuals = sheets.flatMap(({ Visuals }) => Visuals);
  const visual = (id: string) => visuals.map((one) => Object.values<any>(one)[0]).find(({ VisualId }) => VisualId === id);

  test('is the analysis, published', () => {
    assert.deepEqual(template.only('AWS::QuickSight::Analysis').Properties['Definition'], dashboard['Definition']);
  });

  test('has a sheet of sales, of growth, and of sensors where they are', () => {
    const ids = (all: any[]) => all.map(({ SheetId }) => SheetId);
    assert.deepEqual(ids(sheets), ['sales', 'growth', 'sensors']);
    const { Definition } = bare.only('AWS::QuickSight::Dashboard').Properties;
    assert.deepEqual(ids(Definition.Sheets), ['sales', 'growth']);
  });

  test('shows revenue beside the year before', () => {
    const { FieldWells, KPIOptions } = visual('revenue').ChartConfiguration;
    const [value] = FieldWells.Values;
    assert.equal(value.NumericalMeasureField.Column.ColumnName, 'revenue');
    assert.equal(FieldWells.TrendGroups[0].DateDimensionField.DateGranularity, 'YEAR');
    assert.equal(KPIOptions.Comparison.ComparisonMethod, 'PERCENT_DIFFERENCE');
  });

  test('shows revenue by month, by region, and by product, the highest first', () => {
    const [month] = visual('revenue-by-month').ChartConfiguration.FieldWells.LineChartAggregatedFieldWells.Category;
    assert.equal(month.DateDimensionField.DateGranularity, 'MONTH');
    for (const [id, key] of [['revenue-by-region', 'CategorySort'], ['top-products', 'RowSort']] as const) {
      const [{ FieldSort }] = visual(id).ChartConfiguration.SortConfiguration[key];
      assert.deepEqual(FieldSort, { FieldId: `${id}.sum.order_lines.revenue`, Direction: 'DESC' });
    }
  });

  test('shows growth of the sums', () => {
    const [formula] = dashboard['Definition'].CalculatedFields;
    assert.equal(formula.DataSetIdentifier, 'yearly_growth');
    assert.equal(formula.Expression, '(sum({revenue}) - sum({previous_revenue})) / sum({previous_revenue})');
    const { Values } = visual('yearly-growth').ChartConfiguration.FieldWells.TableAggregatedFieldWells;
    assert.equal(Values.at(-1).NumericalMeasureField.Column.ColumnName, formula.Name);
  });

  test('names data sets, columns and fields that are there', () => {
    const declared = dashboard['Definition'].DataSetIdentifierDeclarations;
    const formulas: any[] = dashboard['Definition'].CalculatedFields;
    const columns = new Set(formulas.map(({ DataSetIdentifier, Name }) => `${DataSetIdentifier}.${Name}`));
    for (const { Identifier, DataSetArn } of declared) {
      const { PhysicalTableMap } = template.behind(DataSetArn).Properties;
      const [table] = Object.values<any>(PhysicalTableMap);
      const { Columns, InputColumns } = table.CustomSql ?? table.RelationalTable;
      for (const { Name } of Columns ?? InputColumns) columns.add(`${Identifier}.${Name}`);
    }
    const used = find(dashboard['Definition'], 'DataSetIdentifier', 'ColumnName');
    assert.ok(used.length > 20);
    for (const { DataSetIdentifier, ColumnName } of used) {
      assert.ok(columns.has(`${DataSetIdentifier}.${ColumnName}`), `${DataSetIdentifier}.${ColumnName}`);
    }
    const ids = find(visuals, 'FieldId', 'Column').map(({ FieldId }) => FieldId);
    assert.equal(new Set(ids).size, ids.length);
    for (const one of visuals) {
      const placed = new Set(find(one, 'FieldId', 'Column').map(({ FieldId }) => FieldId));
      for (const { FieldId } of find(one, 'FieldId', 'Direction')) assert.ok(placed.has(FieldId), FieldId);
    }
  });

  test('has a filter by region and by time, with a control each, that holds for every visual of its sheet', () => {
    const [sales] = sheets;
    assert.deepEqual(sales.FilterControls.map((control: any) => Object.keys(control)[0]), ['Dropdown', 'RelativeDateTime']);
    const filters = find(dashboard['Definition'].FilterGroups, 'FilterId').map(({ FilterId }) => FilterId);
    const controls = sheets.flatMap(({ FilterControls }) => find(FilterControls, 'SourceFilterId'));
    assert.deepEqual(controls.map((control) => control['SourceFilterId']), filters);
    for (const { CrossDataset } of dashboard['Definition'].FilterGroups) assert.equal(CrossDataset, 'ALL_DATASETS');
  });

  test('lays every visual on the grid, none over another', () => {
    for (const { SheetId, Visuals, Layouts } of sheets) {
      const elements = Layouts[0].Configuration.GridLayout.Elements;
      const ids = Visuals.map((one: any) => Object.values<any>(one)[0].VisualId);
      assert.deepEqual(elements.map(({ ElementId }: any) => ElementId), ids);
      const taken = new Set<string>();
      for (const { ColumnIndex, ColumnSpan, RowIndex, RowSpan } of elements) {
        assert.ok(ColumnIndex + ColumnSpan <= GRID_COLUMNS, SheetId);
        for (let row = RowIndex; row < RowIndex + RowSpan; row += 1) {
          for (let column = ColumnIndex; column < ColumnIndex + ColumnSpan; column += 1) {
            assert.ok(!taken.has(`${row}.${column}`), SheetId);
            taken.add(`${row}.${column}`);
          }
        }
      }
    }
  });

  test('is seen by its readers and owned by one', () => {
    const written = (...permissions: ReturnType<typeof owns>[]) =>
      permissions.map(({ principal, actions }) => ({ Principal: principal, Actions: actions }));
    assert.deepEqual(dashboard['Permissions'], written(owns(ADMIN, 'dashboard'), reads(SALES, 'dashboard')));
    assert.deepEqual(template.only('AWS::QuickSight::Analysis').Properties['Permissions'], written(owns(ADMIN, 'analysis')));
    for (const { Properties } of template.ofType('AWS::QuickSight::DataSet')) {
      assert.deepEqual(Properties['Permissions'], written(owns(ADMIN, 'dataSet')));
    }
  });

  test('lets nobody take rows away', () => {
    assert.equal(dashboard['DashboardPublishOptions'].ExportToCSVOption.AvailabilityStatus, 'DISABLED');
  });
});

/** All objects within, at any depth, that have these members. */
function find(within: unknown, ...members: string[]): Record<string, any>[] {
  if (typeof within !== 'object' || within === null) return [];
  const inside = Object.values(within).flatMap((value) => find(value, ...members));
  return members.every((member) => member in within) ? [within as Record<string, any>, ...inside] : inside;
}
