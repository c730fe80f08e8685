import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { STAR, type StarName } from '../lib/generative-bi/star.ts';
import { type CalculatedField, TOPIC, type TopicColumn, type TopicDataSet } from '../lib/generative-bi/topic.ts';
import { owns, reads } from '../lib/quicksight/permissions.ts';
import { BI_ON_AWS, dashboards, Synthesised } from './synthesis.ts';

const template = new Synthesised(dashboards());
const topic = template.only('AWS::QuickSight::Topic');
const dataSets: any[] = topic.Properties['DataSets'];
const names = Object.keys(TOPIC) as StarName[];
const part = (name: StarName) => TOPIC[name] as TopicDataSet<StarName>;

describe('the topic', () => {
  test('has every column of the star, under a name, with a description and other words', () => {
    assert.deepEqual(names, Object.keys(STAR));
    for (const [index, name] of names.entries()) {
      const columns = dataSets[index].Columns;
      assert.deepEqual(columns.map(({ ColumnName }: any) => ColumnName).sort(), Object.keys(STAR[name]).sort());
      for (const { ColumnFriendlyName, ColumnDescription, ColumnSynonyms, IsIncludedInTopic } of columns) {
        assert.ok(ColumnFriendlyName !== '' && ColumnDescription !== '' && ColumnSynonyms.length > 0, ColumnFriendlyName);
        assert.equal(IsIncludedInTopic, true);
      }
    }
  });

  test('names the data sets of the stack', () => {
    const ids = dataSets.map(({ DatasetArn }) => template.behind(DatasetArn).Properties['DataSetId']);
    assert.deepEqual(ids, names.map((name) => `GenerativeBiDashboard-${name}`));
  });

  test('adds up amounts, averages prices and parts, and counts keys', () => {
    const aggregation = (set: number, column: string) =>
      dataSets[set].Columns.find(({ ColumnName }: any) => ColumnName === column).Aggregation;
    for (const column of ['revenue', 'returned_amount', 'amount', 'quantity']) assert.equal(aggregation(0, column), 'SUM');
    for (const column of ['unit_price', 'discount']) assert.equal(aggregation(0, column), 'AVERAGE');
    for (const column of ['order_id', 'customer_id']) assert.equal(aggregation(0, column), 'DISTINCT_COUNT');
    assert.equal(aggregation(2, 'growth'), 'AVERAGE');
  });

  test('forbids the aggregation that it names by default in no column', () => {
    for (const { Columns } of dataSets) {
      for (const { ColumnName, Aggregation, NotAllowedAggregations = [], ColumnDataRole } of Columns) {
        assert.ok(!NotAllowedAggregations.includes(Aggregation), ColumnName);
        assert.equal(ColumnDataRole, Aggregation === undefined ? 'DIMENSION' : 'MEASURE');
      }
    }
  });

  test('knows growth, average order value and return rate, made of columns of their data set', () => {
    const fields = names.flatMap((name) => Object.keys(part(name).calculatedFields ?? {}));
    for (const wanted of ['Year over year growth', 'Average order value', 'Return rate']) {
      assert.ok(fields.includes(wanted), wanted);
    }
    for (const name of names) {
      for (const field of Object.values<CalculatedField<StarName>>(part(name).calculatedFields ?? {})) {
        const used = new Set(field.expression.match(/(?<=\{)\w+(?=\})/g));
        assert.deepEqual([...used].sort(), [...field.of].sort());
        for (const column of used) assert.ok(column in STAR[name], column);
      }
    }
  });

  test('knows what is shown of an order, a product and a customer', () => {
    const [lines] = dataSets;
    for (const { EntityName, Definition } of lines.NamedEntities) {
      assert.equal(Definition.filter(({ PropertyRole }: any) => PropertyRole === 'PRIMARY').length, 1, EntityName);
      for (const { FieldName } of Definition) assert.ok(FieldName in STAR.order_lines, FieldName);
    }
    assert.equal(lines.NamedEntities.length, 3);
  });

  test('knows words for values, and filters by values that are there', () => {
    const { status, channel } = TOPIC.order_lines.columns;
    assert.deepEqual(Object.keys(status.values ?? {}), ['PLACED', 'SHIPPED', 'DELIVERED', 'RETURNED', 'CANCELLED']);
    assert.deepEqual(Object.keys(channel.values ?? {}), ['web', 'mobile', 'store']);
    for (const { FilterName, OperandFieldName, CategoryFilter } of dataSets[0].Filters) {
      const known = Object.keys(TOPIC.order_lines.columns[OperandFieldName as 'status' | 'channel'].values ?? {});
      for (const value of CategoryFilter.Constant.CollectiveConstant.ValueList) assert.ok(known.includes(value), FilterName);
    }
  });

  test('calls no two columns of a data set by one word', () => {
    for (const name of names) {
      const owner = new Map<string, string>();
      for (const [column, { friendlyName, synonyms }] of Object.entries<TopicColumn>(part(name).columns)) {
        for (const word of [friendlyName, ...synonyms].map((text) => text.toLowerCase())) {
          assert.equal(owner.get(word), undefined, `${name}: '${word}' is ${owner.get(word)} and ${column}`);
          owner.set(word, column);
        }
      }
    }
  });

  test('keeps the lengths of the API', () => {
    // https://docs.aws.amazon.com/quicksight/latest/APIReference/API_TopicColumn.html
    for (const { ColumnName, ColumnFriendlyName, ColumnDescription } of dataSets.flatMap(({ Columns }) => Columns)) {
      for (const text of [ColumnName, ColumnFriendlyName, ColumnDescription]) assert.ok(text.length <= 256, text);
    }
  });
});

describe('the permissions on the topic', () => {
  const permissions = template.ofType('Custom::TopicPermission');
  const call = (permission: (typeof permissions)[number], event: string) => {
    const parts = permission.Properties[event];
    return JSON.parse(typeof parts === 'string' ? parts : parts['Fn::Join'][1].map((one: any) => one.Ref ?? one).join(''));
  };

  test('are the owner’s and the readers’, one resource each', () => {
    const expected = [owns(BI_ON_AWS.quickSightAdmin, 'topic'), reads(BI_ON_AWS.quickSightPrincipals, 'topic')];
    for (const [index, { principal, actions }] of expected.entries()) {
      const { service, action, parameters } = call(permissions[index]!, 'Create');
      assert.deepEqual([service, action], ['QuickSight', 'updateTopicPermissions']);
      assert.equal(parameters.TopicId, 'GenerativeBiDashboard-orders');
      assert.deepEqual(parameters.GrantPermissions, [{ Principal: principal, Actions: actions }]);
    }
    assert.equal(permissions.length, expected.length);
  });

  test('are revoked when the principal leaves the context, and nobody else’s are', () => {
    for (const permission of permissions) {
      const [granted, revoked] = ['Create', 'Delete'].map((event) => call(permission, event));
      assert.deepEqual(revoked.parameters.RevokePermissions, granted.parameters.GrantPermissions);
      assert.equal(revoked.parameters.GrantPermissions, undefined);
      assert.match(revoked.ignoreErrorCodesMatching, /ResourceNotFoundException/);
      assert.equal(granted.physicalResourceId.id, granted.parameters.GrantPermissions[0].Principal);
    }
  });

  test('are changed one after the other', () => {
    const [first, second] = permissions;
    assert.ok(first !== undefined && second?.DependsOn?.includes(template.idOf(first)));
    assert.ok(first.DependsOn?.includes(template.idOf(topic)));
  });

  test('are changed by a function that may change this topic’s, and do nothing else', () => {
    const arn = { 'Fn::GetAtt': [template.idOf(topic), 'Arn'] };
    assert.deepEqual(template.allowedOn('quicksight:UpdateTopicPermissions'), [arn, arn]);
    const actions = template.permissions().flatMap((statement) => statement.actions);
    const ofQuickSight = actions.filter((action) => action.startsWith('quicksight:'));
    assert.deepEqual([...new Set(ofQuickSight)], ['quicksight:UpdateTopicPermissions']);
  });
});
