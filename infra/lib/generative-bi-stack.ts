import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import { AccessLogBucket } from './constructs/access-log-bucket.ts';
import { ChangeCaptureAlarms } from './constructs/change-capture-alarms.ts';
import { DataKey } from './constructs/data-key.ts';
import { RecordStream } from './constructs/record-stream.ts';
import { RecordStreamAlarms } from './constructs/record-stream-alarms.ts';
import { ChangeForwarder } from './generative-bi/change-forwarder.ts';
import type { GenerativeBiConfiguration } from './generative-bi/configuration.ts';
import type { WarehouseTarget } from './generative-bi/data-api.ts';
import { IngestionRole } from './generative-bi/ingestion-role.ts';
import { OrdersTable } from './generative-bi/orders-table.ts';
import { ADMIN_USER, DATABASE, Warehouse, WORKGROUP } from './generative-bi/warehouse.ts';
import { WarehouseMigrations } from './generative-bi/warehouse-migrations.ts';
import { WarehouseMigrator } from './generative-bi/warehouse-migrator.ts';
import { WarehouseMonitor } from './generative-bi/warehouse-monitor.ts';
import { WarehouseSchedules } from './generative-bi/warehouse-schedules.ts';

/** What the warehouse reads the stream into. */
const STREAMING_VIEWS = ['ingest.order_changes'];

/**
 * Orders as dashboards see them: a table -> its changes -> a stream -> Redshift. The changes come by
 * `dynamodb-stream-forwarder` from the table's own stream, or by DynamoDB's own Kinesis destination.
 *
 * The two cannot be merged exactly: the forwarder has whole seconds and sequence numbers, DynamoDB's own capture exact times
 * and no numbers. So one takes over from the other with both open (`cutOver`): from the forwarder to DynamoDB at any time,
 * since a whole second is never later than the exact time; the other way with a pause in writing. The steps are in
 * `infra/README.md`, under Cut-over.
 */
export class GenerativeBiStack extends Stack {
  readonly encryptionKey: DataKey;
  readonly changes: RecordStream;
  readonly orders: OrdersTable;
  /** None when DynamoDB captures the changes itself. */
  readonly forwarder: ChangeForwarder | undefined;
  readonly ingestionRole: iam.Role;
  /** None on the local cloud, which has a stand-in. */
  readonly warehouse: Warehouse | undefined;
  readonly monitor: WarehouseMonitor;
  readonly migrator: WarehouseMigrator;
  private readonly alarmActions: readonly SnsAction[];

  constructor(scope: Construct, id: string, private readonly configuration: GenerativeBiConfiguration) {
    super(scope, id, { description: 'Generative BI: changes of orders into a warehouse, dashboards and questions on it' });
    this.encryptionKey = new DataKey(this, 'DataKey', 'Orders: table, stream, warehouse, records not delivered, logs');
    this.alarmActions = this.createAlarmActions();
    this.changes = this.createStream();
    this.orders = new OrdersTable(this, 'Orders', {
      ...configuration,
      changes: this.changes,
      encryptionKey: this.encryptionKey,
    });
    this.forwarder = this.captureChanges();
    this.ingestionRole = new IngestionRole(this, 'IngestionRole', this.changes);
    this.warehouse = this.createWarehouse();
    this.monitor = this.createMonitor();
    this.migrator = this.createMigrator();
    this.runWarehouse();
    this.createOutputs();
  }

  private createAlarmActions(): readonly SnsAction[] {
    const { alarmTopicArn } = this.configuration;
    if (alarmTopicArn === undefined) return [];
    return [new SnsAction(sns.Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn))];
  }

  private createStream(): RecordStream {
    const changes = new RecordStream(this, 'OrderChanges', {
      capacity: { mode: 'provisioned', shards: 4 },
      // A warehouse that is rebuilt reads from the oldest record on.
      retention: Duration.days(7),
      encryptionKey: this.encryptionKey,
    });
    new RecordStreamAlarms(changes, 'Alarms', changes.stream.streamName, this.alarmActions);
    return changes;
  }

  private captureChanges(): ChangeForwarder | undefined {
    const { changeCapture, cutOver, localCloud } = this.configuration;
    if ((changeCapture === 'native' || cutOver) && !localCloud) {
      new ChangeCaptureAlarms(this.orders, 'Alarms', this.orders.table.tableName, this.alarmActions);
    }
    return changeCapture === 'forwarder' || cutOver ? this.createForwarder() : undefined;
  }

  private createForwarder(): ChangeForwarder {
    const { redactedAttributes, forwardedItems, localCloud } = this.configuration;
    return new ChangeForwarder(this, 'Forwarder', {
      ...this.functionProps(),
      source: this.orders.stream(),
      changes: this.changes,
      accessLogs: new AccessLogBucket(this, 'AccessLogs'),
      mappingEnabled: !localCloud,
      redactedAttributes,
      forwardedItems,
    });
  }

  private createWarehouse(): Warehouse | undefined {
    const { localCloud, redshiftBaseCapacity, availabilityZones } = this.configuration;
    if (localCloud) return undefined;
    return new Warehouse(this, 'Warehouse', {
      baseCapacity: redshiftBaseCapacity,
      availabilityZones,
      ingestionRole: this.ingestionRole,
      encryptionKey: this.encryptionKey,
    });
  }

  private createMonitor(): WarehouseMonitor {
    return new WarehouseMonitor(this, 'Monitor', {
      ...this.functionProps(),
      warehouse: this.target(),
      views: STREAMING_VIEWS,
    });
  }

  private createMigrator(): WarehouseMigrator {
    return new WarehouseMigrator(this, 'Migrator', {
      ...this.functionProps(),
      warehouse: this.target(),
      admin: this.warehouse?.admin,
      sqlParameters: this.sqlParameters(),
    });
  }

  /** What the local cloud leaves to its own stand-in, which has neither CloudFormation's frame nor a clock. */
  private runWarehouse(): void {
    if (this.warehouse === undefined) return;
    const migrations = new WarehouseMigrations(this, 'Migrations', {
      migrator: this.migrator,
      sqlParameters: this.sqlParameters(),
      encryptionKey: this.encryptionKey,
    });
    // Without a workgroup there is nothing to ask, and without its role the warehouse cannot read the stream.
    migrations.node.addDependency(this.warehouse.workgroup, this.ingestionRole);
    const schedules = new WarehouseSchedules(this, 'Schedules', {
      warehouse: this.warehouse,
      admin: this.warehouse.admin,
      alarmActions: this.alarmActions,
    });
    // What they call is made by the migrations.
    schedules.node.addDependency(migrations);
    // Redshift makes a role's user when the role first signs in, and the migrations' CREATE USER would find it there already.
    this.monitor.rule.node.addDependency(migrations);
    this.exportToDashboards(this.warehouse);
  }

  /**
   * Also where the app holds no dashboards: their stack can then be deployed alone, and taken out of the app, and this one
   * stays as it is.
   */
  private exportToDashboards({ host, network }: Warehouse): void {
    const { subnets, dashboards } = network;
    const values = [host, dashboards.securityGroupId, ...subnets.map(({ subnetId }) => subnetId)];
    for (const value of values) this.exportValue(value);
  }

  /** The warehouse, or what the local cloud has in its place, which has no ARN that anybody checks. */
  private target(): WarehouseTarget {
    if (this.warehouse !== undefined) return this.warehouse;
    const workgroupArn = this.formatArn({
      service: 'redshift-serverless',
      resource: 'workgroup',
      resourceName: WORKGROUP,
    });
    return { workgroupName: WORKGROUP, databaseName: DATABASE, workgroupArn };
  }

  private sqlParameters(): Record<string, string> {
    const { biUser, localCloud } = this.configuration;
    return {
      ADMIN_USER,
      BI_USER: biUser,
      INGESTION_ROLE_ARN: this.ingestionRole.roleArn,
      KINESIS_STREAM: this.changes.stream.streamName,
      // The local warehouse knows the caller by no role.
      MONITOR_USER: localCloud ? 'IAMR:warehouse-monitor' : this.monitor.databaseUser,
    };
  }

  /** What every function has. */
  private functionProps() {
    const { functionsDirectory, architecture } = this.configuration;
    const { encryptionKey, alarmActions } = this;
    return { functionsDirectory, architecture, encryptionKey, alarmActions };
  }

  private createOutputs(): void {
    const { workgroupName, databaseName } = this.target();
    const outputs: Record<string, string | undefined> = {
      OrdersTableName: this.orders.table.tableName,
      OrdersTableArn: this.orders.table.tableArn,
      OrderChangeStreamName: this.changes.stream.streamName,
      OrderChangeStreamArn: this.changes.stream.streamArn,
      ChangeCapture: this.configuration.changeCapture,
      ForwarderFunctionName: this.forwarder?.function.functionName,
      DeadLetterBucketName: this.forwarder?.deadLetters.bucketName,
      OnFailureBucketName: this.forwarder?.onFailure.bucketName,
      WorkgroupName: workgroupName,
      DatabaseName: databaseName,
      WarehouseMigratorFunctionName: this.migrator.function.functionName,
      WarehouseMonitorFunctionName: this.monitor.function.functionName,
      IngestionRoleArn: this.ingestionRole.roleArn,
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value !== undefined) new CfnOutput(this, name, { value });
    }
  }
}
