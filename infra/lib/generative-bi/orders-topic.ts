import { Aws, Stack } from 'aws-cdk-lib';
import * as quicksight from 'aws-cdk-lib/aws-quicksight';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

import { SdkCalls } from '../constructs/sdk-calls.ts';
import { owns, type Permission, reads } from '../quicksight/permissions.ts';
import type { StarName } from './star.ts';
import { TOPIC, type TopicColumn, type TopicDataSet } from './topic.ts';

export interface OrdersTopicProps {
  readonly dataSets: Readonly<Record<StarName, quicksight.CfnDataSet>>;
  /** Owns the topic. */
  readonly admin: string;
  /** May ask. */
  readonly principals: readonly string[];
  readonly encryptionKey: kms.IKey;
}

/** The Amazon Q topic on the orders, and who may ask it. */
export class OrdersTopic extends Construct {
  readonly topic: quicksight.CfnTopic;

  constructor(scope: Construct, id: string, private readonly props: OrdersTopicProps) {
    super(scope, id);
    const { stackName, account } = Stack.of(this);
    this.topic = new quicksight.CfnTopic(this, 'Topic', {
      awsAccountId: account,
      topicId: `${stackName}-orders`,
      name: 'Orders',
      description: 'Orders, what they bring and how that grows, seconds after the fact',
      userExperienceVersion: 'NEW_READER_EXPERIENCE',
      dataSets: [this.metadata('order_lines'), this.metadata('daily_sales'), this.metadata('yearly_growth')],
    });
    this.letAsk([owns(props.admin, 'topic'), ...props.principals.map((principal) => reads(principal, 'topic'))]);
  }

  private metadata<Name extends StarName>(name: Name): quicksight.CfnTopic.DatasetMetadataProperty {
    const dataSet: TopicDataSet<Name> = TOPIC[name];
    return topicDataSet(this.props.dataSets[name].attrArn, dataSet);
  }

  /**
   * CloudFormation has no permissions for topics, the API has. Each principal is a resource of its own, so that one who is
   * taken from the context loses the permission, and nobody else does.
   * https://docs.aws.amazon.com/quicksight/latest/APIReference/API_UpdateTopicPermissions.html
   */
  private letAsk(permissions: readonly Permission[]): void {
    const calls = new SdkCalls(this, 'Calls', this.props.encryptionKey);
    let previous: Construct = this.topic;
    for (const permission of permissions) {
      const granted = this.grant(calls, permission);
      // One after the other: the API refuses a change of a topic that is being changed.
      granted.node.addDependency(previous);
      previous = granted;
    }
  }

  private grant(calls: SdkCalls, { principal, actions }: Permission): Construct {
    const call = (change: string) => ({
      service: 'QuickSight',
      action: 'updateTopicPermissions',
      parameters: {
        AwsAccountId: Aws.ACCOUNT_ID,
        TopicId: this.topic.topicId,
        [change]: [{ Principal: principal, Actions: actions }],
      },
      physicalResourceId: PhysicalResourceId.of(principal),
    });
    return calls.add(principal, {
      resourceType: 'Custom::TopicPermission',
      call: call('GrantPermissions'),
      // The topic, or the principal, may be gone already.
      undo: { ...call('RevokePermissions'), ignoreErrorCodesMatching: GONE },
      actions: ['quicksight:UpdateTopicPermissions'],
      resources: [this.topic.attrArn],
    });
  }
}

/** How the API says that a topic, or a principal, is not there. */
const GONE = 'ResourceNotFoundException|InvalidParameterValueException';

/** The topic's part for one data set, as CloudFormation wants it. */
export function topicDataSet<Name extends StarName>(
  datasetArn: string,
  dataSet: TopicDataSet<Name>,
): quicksight.CfnTopic.DatasetMetadataProperty {
  return {
    datasetArn,
    datasetName: dataSet.name,
    datasetDescription: dataSet.description,
    ...(dataSet.time === undefined
      ? {}
      : {
          dataAggregation: {
            defaultDateColumnName: dataSet.time.column,
            datasetRowDateGranularity: dataSet.time.granularity,
          },
        }),
    columns: Object.entries<TopicColumn>(dataSet.columns).map(([name, column]) => topicColumn(name, column)),
    calculatedFields: Object.entries(dataSet.calculatedFields ?? {}).map(([name, field]) => ({
      calculatedFieldName: name,
      calculatedFieldDescription: field.description,
      calculatedFieldSynonyms: [...field.synonyms],
      expression: field.expression,
      isIncludedInTopic: true,
      columnDataRole: 'MEASURE',
      semanticType: { typeName: field.semanticType },
      ...order(field.better),
    })),
    namedEntities: Object.entries(dataSet.namedEntities ?? {}).map(([name, entity]) => ({
      entityName: name,
      entityDescription: entity.description,
      entitySynonyms: [...entity.synonyms],
      definition: entity.columns.map((fieldName, index) => ({
        fieldName,
        propertyUsage: 'INHERIT',
        ...(index === 0 ? { propertyRole: 'PRIMARY' } : {}),
      })),
    })),
    filters: Object.entries(dataSet.filters ?? {}).map(([name, filter]) => ({
      filterName: name,
      filterDescription: filter.description,
      filterSynonyms: [...filter.synonyms],
      filterClass: 'NAMED_VALUE_FILTER',
      filterType: 'CATEGORY_FILTER',
      operandFieldName: filter.column,
      categoryFilter: {
        categoryFilterFunction: 'EXACT',
        categoryFilterType: 'CUSTOM_FILTER_LIST',
        constant: { constantType: 'COLLECTIVE', collectiveConstant: { valueList: [...filter.values] } },
      },
    })),
  };
}

function topicColumn(columnName: string, column: TopicColumn): quicksight.CfnTopic.TopicColumnProperty {
  return {
    columnName,
    columnFriendlyName: column.friendlyName,
    columnDescription: column.description,
    columnSynonyms: [...column.synonyms],
    isIncludedInTopic: true,
    columnDataRole: column.aggregation === undefined ? 'DIMENSION' : 'MEASURE',
    ...(column.aggregation === undefined ? {} : { aggregation: column.aggregation }),
    ...(column.not === undefined ? {} : { notAllowedAggregations: [...column.not] }),
    ...(column.semanticType === undefined ? {} : { semanticType: { typeName: column.semanticType } }),
    ...(column.granularity === undefined ? {} : { timeGranularity: column.granularity }),
    ...(column.values === undefined
      ? {}
      : {
          cellValueSynonyms: Object.entries(column.values).map(([cellValue, synonyms]) => ({
            cellValue,
            synonyms: [...synonyms],
          })),
        }),
    ...order(column.better),
  };
}

function order(better: 'greater' | 'lesser' | undefined) {
  if (better === undefined) return {};
  return { comparativeOrder: { useOrdering: better === 'greater' ? 'GREATER_IS_BETTER' : 'LESSER_IS_BETTER' } };
}
