import { Stack } from 'aws-cdk-lib';
import * as quicksight from 'aws-cdk-lib/aws-quicksight';
import { Construct } from 'constructs';

import { owns, reads } from '../quicksight/permissions.ts';
import { definition } from '../quicksight/sheet.ts';
import type { DataSets } from './data-sets.ts';
import { ORDER_SHEETS } from './order-sheets.ts';
import { SENSOR_SHEET, SENSORS } from './sensor-sheet.ts';

export interface OrderDashboardProps {
  readonly dataSets: DataSets;
  /** Owns analysis and dashboard. */
  readonly admin: string;
  /** See the dashboard. */
  readonly principals: readonly string[];
}

/** The dashboard that people look at, and the analysis of the same sheets in which its owner tries changes. */
export class OrderDashboard extends Construct {
  readonly analysis: quicksight.CfnAnalysis;
  readonly dashboard: quicksight.CfnDashboard;

  constructor(scope: Construct, id: string, { dataSets, admin, principals }: OrderDashboardProps) {
    super(scope, id);
    const { stackName, account } = Stack.of(this);
    const { star, sensors } = dataSets;
    const named = Object.entries({ ...star, ...(sensors === undefined ? {} : { [SENSORS]: sensors }) });
    const sheets = sensors === undefined ? ORDER_SHEETS : [...ORDER_SHEETS, SENSOR_SHEET];
    const common = {
      awsAccountId: account,
      name: 'Orders',
      definition: definition(sheets, Object.fromEntries(named.map(([name, { attrArn }]) => [name, attrArn]))),
    };
    this.analysis = new quicksight.CfnAnalysis(this, 'Analysis', {
      ...common,
      analysisId: `${stackName}-orders`,
      permissions: [owns(admin, 'analysis')],
    });
    this.dashboard = new quicksight.CfnDashboard(this, 'Dashboard', {
      ...common,
      dashboardId: `${stackName}-orders`,
      permissions: [owns(admin, 'dashboard'), ...principals.map((principal) => reads(principal, 'dashboard'))],
      dashboardPublishOptions: {
        adHocFilteringOption: { availabilityStatus: 'ENABLED' },
        // Rows leave QuickSight by nobody's click.
        exportToCsvOption: { availabilityStatus: 'DISABLED' },
      },
    });
  }
}
