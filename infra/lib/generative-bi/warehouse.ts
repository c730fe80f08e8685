import { Aws, Fn } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as redshift from 'aws-cdk-lib/aws-redshiftserverless';
import { PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

import { SdkCalls } from '../constructs/sdk-calls.ts';
import type { AdminSecret, WarehouseTarget } from './data-api.ts';
import { WAREHOUSE_PORT, WarehouseNetwork } from './warehouse-network.ts';

/** Of namespace and workgroup. */
export const WORKGROUP = 'generative-bi';
export const DATABASE = 'analytics';
/** Redshift's own default. */
export const ADMIN_USER = 'admin';

export interface WarehouseProps {
  /** What it has at once, in RPUs. */
  readonly baseCapacity: number;
  /** Of its network; without it the first three of the region's list. */
  readonly availabilityZones: readonly string[] | undefined;
  /** What it reads the stream as. */
  readonly ingestionRole: iam.IRole;
  readonly encryptionKey: kms.IKey;
}

/** Redshift Serverless in a network of its own, with a password of its administrator's that nobody chose. */
export class Warehouse extends Construct implements WarehouseTarget {
  readonly workgroupName = WORKGROUP;
  readonly databaseName = DATABASE;
  readonly workgroupArn: string;
  /** Where dashboards connect. */
  readonly host: string;
  readonly network: WarehouseNetwork;
  readonly workgroup: redshift.CfnWorkgroup;
  readonly admin: AdminSecret;

  constructor(scope: Construct, id: string, props: WarehouseProps) {
    super(scope, id);
    this.network = new WarehouseNetwork(this, 'Network', props);
    const namespace = this.createNamespace(props);
    this.workgroup = this.createWorkgroup(namespace, props.baseCapacity);
    this.workgroupArn = this.workgroup.attrWorkgroupWorkgroupArn;
    this.host = this.workgroup.attrWorkgroupEndpointAddress;
    this.admin = { secretArn: this.findAdminSecret(namespace, props), encryptionKey: props.encryptionKey };
  }

  private createNamespace({ ingestionRole, encryptionKey }: WarehouseProps): redshift.CfnNamespace {
    return new redshift.CfnNamespace(this, 'Namespace', {
      namespaceName: WORKGROUP,
      dbName: DATABASE,
      adminUsername: ADMIN_USER,
      manageAdminPassword: true,
      adminPasswordSecretKmsKeyId: encryptionKey.keyId,
      kmsKeyId: encryptionKey.keyArn,
      iamRoles: [ingestionRole.roleArn],
      logExports: ['userlog', 'connectionlog', 'useractivitylog'],
      // What was folded and pruned is in the warehouse alone.
      finalSnapshotName: finalSnapshotName(),
      finalSnapshotRetentionPeriod: 30,
    });
  }

  private createWorkgroup(namespace: redshift.CfnNamespace, baseCapacity: number): redshift.CfnWorkgroup {
    const workgroup = new redshift.CfnWorkgroup(this, 'Workgroup', {
      workgroupName: WORKGROUP,
      namespaceName: namespace.namespaceName,
      baseCapacity,
      port: WAREHOUSE_PORT,
      publiclyAccessible: false,
      enhancedVpcRouting: true,
      subnetIds: this.network.subnets.map(({ subnetId }) => subnetId),
      securityGroupIds: [this.network.warehouse.securityGroupId],
      // The setting for names in SUPER values is none of these: the migrations give it to each user that needs it.
      // https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ConfigParameter.html
      configParameters: [
        { parameterKey: 'require_ssl', parameterValue: 'true' },
        // Without it quoted names are folded to lower case, and a stream's name has capitals. Automatic refreshes take it
        // from here.
        { parameterKey: 'enable_case_sensitive_identifier', parameterValue: 'true' },
        { parameterKey: 'enable_user_activity_logging', parameterValue: 'true' },
      ],
    });
    workgroup.addResourceDependency(namespace);
    return workgroup;
  }

  /**
   * Redshift makes the administrator's secret and gives it a new password every month. CloudFormation does not say where
   * it is: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2148
   */
  private findAdminSecret(namespace: redshift.CfnNamespace, { encryptionKey }: WarehouseProps): string {
    const path = 'namespace.adminPasswordSecretArn';
    const lookup = new SdkCalls(this, 'Calls', encryptionKey).add('AdminSecret', {
      resourceType: 'Custom::AdminSecret',
      call: {
        service: 'RedshiftServerless',
        action: 'getNamespace',
        parameters: { namespaceName: namespace.attrNamespaceNamespaceName },
        physicalResourceId: PhysicalResourceId.of(WORKGROUP),
        outputPaths: [path],
      },
      actions: ['redshift-serverless:GetNamespace'],
      resources: [namespace.attrNamespaceNamespaceArn],
    });
    return lookup.getResponseField(path);
  }
}

/** The stack's id ends in a UUID: the snapshot of a deleted stack must not be in the way of the next one's. */
function finalSnapshotName(): string {
  return `${WORKGROUP}-final-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
}
