import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { DataKey } from './constructs/data-key.ts';
import type { DashboardConfiguration } from './generative-bi/dashboard-configuration.ts';
import { DataSets } from './generative-bi/data-sets.ts';
import { OrderDashboard } from './generative-bi/order-dashboard.ts';
import { OrdersTopic } from './generative-bi/orders-topic.ts';
import { QuickSightConnection } from './generative-bi/quicksight-connection.ts';
import type { GenerativeBiStack } from './generative-bi-stack.ts';

export interface GenerativeBiDashboardStackProps {
  /** Has the warehouse that is asked. */
  readonly warehouse: GenerativeBiStack;
  readonly dashboard: DashboardConfiguration;
}

/**
 * The warehouse in QuickSight: a dashboard to look at and a topic to ask. A stack of its own, since it needs what an
 * account has or has not: QuickSight with its subscription, users and groups.
 */
export class GenerativeBiDashboardStack extends Stack {
  readonly connection: QuickSightConnection;
  readonly dataSets: DataSets;
  readonly dashboard: OrderDashboard;
  readonly topic: OrdersTopic;

  constructor(scope: Construct, id: string, { warehouse: { warehouse }, dashboard }: GenerativeBiDashboardStackProps) {
    super(scope, id, { description: 'Generative BI: the dashboard and the Amazon Q topic on the orders' });
    if (warehouse === undefined) throw new Error('there is no warehouse to connect to: the local cloud has a stand-in');
    const { admin, principals, biSecretArn, regionRules, sensorAggregates } = dashboard;
    this.connection = new QuickSightConnection(this, 'Connection', { warehouse, admin, secretArn: biSecretArn });
    this.dataSets = new DataSets(this, 'DataSets', {
      dataSourceArn: this.connection.dataSource.attrArn,
      admin,
      regionRules,
      sensorAggregates,
    });
    this.dashboard = new OrderDashboard(this, 'Dashboard', { dataSets: this.dataSets, admin, principals });
    this.topic = new OrdersTopic(this, 'Topic', {
      dataSets: this.dataSets.star,
      admin,
      principals,
      encryptionKey: new DataKey(this, 'DataKey', 'The log of the calls to QuickSight'),
    });
    new CfnOutput(this, 'DashboardId', { value: this.dashboard.dashboard.dashboardId });
    new CfnOutput(this, 'TopicId', { value: this.topic.topic.topicId ?? '' });
  }
}
