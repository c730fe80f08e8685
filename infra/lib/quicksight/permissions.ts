/**
 * What owners and readers may do with each kind of resource: the sets that QuickSight knows as roles.
 * https://docs.aws.amazon.com/quicksight/latest/APIReference/qs-api-permissions.html
 */
const ROLES = {
  dataSource: {
    reader: ['DescribeDataSource', 'DescribeDataSourcePermissions', 'PassDataSource'],
    owner: ['DeleteDataSource', 'UpdateDataSource', 'UpdateDataSourcePermissions'],
  },
  dataSet: {
    reader: ['DescribeDataSet', 'DescribeDataSetPermissions', 'DescribeIngestion', 'ListIngestions', 'PassDataSet'],
    owner: ['CancelIngestion', 'CreateIngestion', 'DeleteDataSet', 'UpdateDataSet', 'UpdateDataSetPermissions'],
  },
  analysis: {
    reader: ['DescribeAnalysis', 'DescribeAnalysisPermissions', 'QueryAnalysis'],
    owner: ['DeleteAnalysis', 'RestoreAnalysis', 'UpdateAnalysis', 'UpdateAnalysisPermissions'],
  },
  dashboard: {
    reader: ['DescribeDashboard', 'ListDashboardVersions', 'QueryDashboard'],
    owner: [
      'DeleteDashboard',
      'DescribeDashboardPermissions',
      'UpdateDashboard',
      'UpdateDashboardLinks',
      'UpdateDashboardPermissions',
      'UpdateDashboardPublishedVersion',
    ],
  },
  topic: {
    reader: ['DescribeTopic'],
    owner: [
      'CreateTopicRefreshSchedule',
      'DeleteTopic',
      'DeleteTopicRefreshSchedule',
      'DescribeTopicPermissions',
      'DescribeTopicRefresh',
      'DescribeTopicRefreshSchedule',
      'ListTopicRefreshSchedules',
      'UpdateTopic',
      'UpdateTopicPermissions',
      'UpdateTopicRefreshSchedule',
    ],
  },
} as const;

export type ResourceKind = keyof typeof ROLES;

/** What a principal may do with a resource. */
export interface Permission {
  readonly principal: string;
  readonly actions: string[];
}

/** Who owns a resource and may do everything with it. */
export function owns(principal: string, kind: ResourceKind): Permission {
  const { reader, owner } = ROLES[kind];
  return { principal, actions: [...reader, ...owner].map(action) };
}

/** Who may look at a resource. */
export function reads(principal: string, kind: ResourceKind): Permission {
  return { principal, actions: ROLES[kind].reader.map(action) };
}

function action(name: string): string {
  return `quicksight:${name}`;
}
