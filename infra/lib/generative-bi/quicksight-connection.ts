import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as quicksight from 'aws-cdk-lib/aws-quicksight';
import { Construct } from 'constructs';

import { grantWithoutResource } from '../constructs/actions-without-resource.ts';
import { owns } from '../quicksight/permissions.ts';
import type { Warehouse } from './warehouse.ts';
import { WAREHOUSE_PORT } from './warehouse-network.ts';

export interface QuickSightConnectionProps {
  readonly warehouse: Warehouse;
  /** Owns the data source. */
  readonly admin: string;
  /** Holds the name and password of the database user. */
  readonly secretArn: string;
}

/** QuickSight's way into the warehouse's network, and the warehouse as its source. */
export class QuickSightConnection extends Construct {
  readonly dataSource: quicksight.CfnDataSource;

  constructor(scope: Construct, id: string, private readonly props: QuickSightConnectionProps) {
    super(scope, id);
    this.dataSource = this.createDataSource(this.createVpcConnection());
  }

  private createVpcConnection(): quicksight.CfnVPCConnection {
    const { subnets, dashboards } = this.props.warehouse.network;
    const { stackName, account } = Stack.of(this);
    const role = this.createRole();
    const connection = new quicksight.CfnVPCConnection(this, 'VpcConnection', {
      awsAccountId: account,
      vpcConnectionId: `${stackName}-warehouse`,
      name: 'Warehouse',
      roleArn: role.roleArn,
      subnetIds: subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [dashboards.securityGroupId],
    });
    // QuickSight makes network interfaces at once.
    connection.node.addDependency(role);
    return connection;
  }

  /**
   * What QuickSight asks for, each on what it is about where EC2 lets it be named.
   * https://docs.aws.amazon.com/quicksight/latest/user/vpc-creating-a-connection-in-quicksight-cli.html
   */
  private createRole(): iam.Role {
    const { subnets, dashboards } = this.props.warehouse.network;
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('quicksight.amazonaws.com') });
    const interfaces = this.arn('network-interface', '*');
    const group = this.arn('security-group', dashboards.securityGroupId);
    const each = subnets.map(({ subnetId }) => this.arn('subnet', subnetId));
    const allowed = {
      'ec2:CreateNetworkInterface': [interfaces, group, ...each],
      'ec2:DeleteNetworkInterface': [interfaces],
      'ec2:ModifyNetworkInterfaceAttribute': [interfaces, group],
    };
    for (const [action, resources] of Object.entries(allowed)) {
      role.addToPolicy(new iam.PolicyStatement({ actions: [action], resources }));
    }
    grantWithoutResource(role, ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets']);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]',
      reason: 'EC2 gives network interfaces their ids when QuickSight makes them.',
    });
    return role;
  }

  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'ec2', resource, resourceName });
  }

  /**
   * With a name and password from a secret: the IAM parameters of a Redshift source call GetClusterCredentials, which is
   * for clusters and knows no workgroup, and Identity Center asks for users there.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-quicksight-datasource-redshiftiamparameters.html
   */
  private createDataSource(connection: quicksight.CfnVPCConnection): quicksight.CfnDataSource {
    const { warehouse, admin, secretArn } = this.props;
    const { stackName, account } = Stack.of(this);
    return new quicksight.CfnDataSource(this, 'Warehouse', {
      awsAccountId: account,
      dataSourceId: `${stackName}-warehouse`,
      name: 'Orders in Redshift',
      type: 'REDSHIFT',
      dataSourceParameters: {
        redshiftParameters: { host: warehouse.host, port: WAREHOUSE_PORT, database: warehouse.databaseName },
      },
      credentials: { secretArn },
      sslProperties: { disableSsl: false },
      vpcConnectionProperties: { vpcConnectionArn: connection.attrArn },
      permissions: [owns(admin, 'dataSource')],
    });
  }
}
