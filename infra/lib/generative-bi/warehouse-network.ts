import { Fn, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * Redshift Serverless wants subnets in as many availability zones.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
 */
export const ZONES = 3;

/**
 * 507 free addresses in each subnet: with enhanced routing a workgroup takes addresses by its capacity, and 1,024 RPUs
 * want a /23. https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
 */
const SUBNET_MASK = 23;
const ADDRESSES = '10.42.0.0/21';

/** Where the database listens. */
export const WAREHOUSE_PORT = 5439;

export interface WarehouseNetworkProps {
  readonly encryptionKey: kms.IKey;
  /** By name; without it the first three of the region's list. */
  readonly availabilityZones: readonly string[] | undefined;
}

/**
 * A network for the warehouse alone, with no way to the internet and none from it. What the warehouse needs is Kinesis,
 * which has an endpoint here; functions and schedules reach the warehouse by the Data API, and so need no way in.
 */
export class WarehouseNetwork extends Construct {
  readonly vpc: ec2.Vpc;
  readonly subnets: readonly ec2.ISubnet[];
  /** Of the warehouse. */
  readonly warehouse: ec2.SecurityGroup;
  /** Of those who draw dashboards: the only ones that reach the database. */
  readonly dashboards: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { encryptionKey, availabilityZones }: WarehouseNetworkProps) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(ADDRESSES),
      availabilityZones: [...(availabilityZones ?? firstZones())],
      subnetConfiguration: [{ name: 'Warehouse', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: SUBNET_MASK }],
      natGateways: 0,
    });
    this.subnets = this.vpc.isolatedSubnets;
    this.warehouse = this.securityGroup('WarehouseAccess', 'The warehouse');
    this.dashboards = this.securityGroup('DashboardAccess', 'Those who draw dashboards of the warehouse');
    this.reachKinesis();
    this.letDashboardsIn();
    this.logFlows(encryptionKey);
  }

  private securityGroup(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /**
   * With enhanced routing the warehouse reads the stream through this network.
   * https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html
   */
  private reachKinesis(): void {
    const endpoint = this.securityGroup('KinesisAccess', 'The endpoint of Kinesis');
    this.vpc.addInterfaceEndpoint('Kinesis', {
      service: ec2.InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
      securityGroups: [endpoint],
      open: false,
    });
    this.connect(this.warehouse, endpoint, ec2.Port.HTTPS, 'The warehouse reads the stream');
  }

  /**
   * QuickSight's network interfaces know no connections, so what comes back to them is let in by a rule of its own, on any
   * port. https://docs.aws.amazon.com/quicksight/latest/user/vpc-security-groups.html
   */
  private letDashboardsIn(): void {
    this.connect(this.dashboards, this.warehouse, ec2.Port.tcp(WAREHOUSE_PORT), 'Dashboards ask the warehouse');
    this.dashboards.addIngressRule(this.warehouse, ec2.Port.allTcp(), 'What the warehouse answers to dashboards');
  }

  private connect(from: ec2.SecurityGroup, to: ec2.SecurityGroup, port: ec2.Port, description: string): void {
    from.addEgressRule(to, port, description);
    to.addIngressRule(from, port, description);
  }

  private logFlows(encryptionKey: kms.IKey): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      retention: logs.RetentionDays.ONE_MONTH,
      encryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'FlowLogRole', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com'),
    });
    this.vpc.addFlowLog('Flows', { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role) });
  }
}

/** By the region's list: without an account the CDK would take two zones only. */
function firstZones(): readonly string[] {
  return Array.from({ length: ZONES }, (_, zone) => Fn.select(zone, Fn.getAzs()));
}
