import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { Alarms, metric } from '../constructs/alarms.ts';
import { type AdminSecret, grantAdmin, grantExecute, type WarehouseTarget } from './data-api.ts';
import { CALLS, type WarehouseCall } from './warehouse-calls.ts';

export interface WarehouseSchedulesProps {
  readonly warehouse: WarehouseTarget;
  /**
   * Who the calls sign in as. The procedures write the state and delete raw changes: they are their owner's, who is the
   * administrator.
   */
  readonly admin: AdminSecret;
  /** What every alarm does. */
  readonly alarmActions: readonly cloudwatch.IAlarmAction[];
}

/**
 * The Data API, called by the scheduler itself.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
const EXECUTE_STATEMENT = 'aws-sdk:redshiftdata:executeStatement';

/** The work of the warehouse that comes by the clock. */
export class WarehouseSchedules extends Construct {
  /** Calls that could not be made, and statements that failed. */
  readonly failures: sqs.Queue;

  constructor(scope: Construct, id: string, private readonly props: WarehouseSchedulesProps) {
    super(scope, id);
    this.failures = this.createFailures();
    const group = new scheduler.CfnScheduleGroup(this, 'Group', { name: `${Stack.of(this).stackName}-warehouse` });
    const role = this.createRole(group);
    for (const call of CALLS) this.schedule(call, group, role);
    this.keepFailedStatements();
    new WarehouseScheduleAlarms(this, 'Alarms', this.failures.queueName, props.alarmActions);
  }

  private createFailures(): sqs.Queue {
    const queue = new sqs.Queue(this, 'Failures', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where failures end: nothing takes messages from it but a person.',
    });
    return queue;
  }

  private createRole(group: scheduler.CfnScheduleGroup): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    });
    grantExecute(role, this.props.warehouse);
    grantAdmin(role, this.props.admin);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failures.queueArn] }));
    return role;
  }

  private schedule(call: WarehouseCall, group: scheduler.CfnScheduleGroup, role: iam.Role): void {
    const { warehouse, admin } = this.props;
    const schedule = new scheduler.CfnSchedule(this, call.name, {
      description: call.description,
      groupName: group.ref,
      scheduleExpression: call.expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: Stack.of(this).formatArn({
          service: 'scheduler',
          region: '',
          account: '',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resource: EXECUTE_STATEMENT,
        }),
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString({
          WorkgroupName: warehouse.workgroupName,
          Database: warehouse.databaseName,
          SecretArn: admin.secretArn,
          Sql: call.sql,
          StatementName: call.name,
          WithEvent: true,
          // The scheduler may call twice for one time: the second gets the statement of the first.
          ClientToken: `${call.name}-<aws.scheduler.scheduled-time>`,
        }),
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: Duration.minutes(15).toSeconds() },
        deadLetterConfig: { arn: this.failures.queueArn },
      },
    });
    // The first call may come at once.
    schedule.node.addDependency(role);
  }

  /**
   * The scheduler is content when a statement is submitted. How it ended the Data API tells, also when it was aborted.
   * https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-monitoring-events.html
   */
  private keepFailedStatements(): void {
    new events.Rule(this, 'FailedStatements', {
      description: 'Keeps scheduled statements that failed or were aborted',
      eventPattern: {
        source: ['aws.redshift-data'],
        detailType: ['Redshift Data Statement Status Change'],
        detail: { state: ['FAILED', 'ABORTED'], statementName: CALLS.map(({ name }) => name) },
      },
      targets: [new targets.SqsQueue(this.failures)],
    });
  }
}

/** What must not go unseen on the schedules. */
class WarehouseScheduleAlarms extends Alarms {
  constructor(scope: Construct, id: string, queueName: string, actions: readonly cloudwatch.IAlarmAction[]) {
    super(scope, id, actions);
    this.add('Failures', {
      description: 'A scheduled call of the warehouse failed: the queue has the call, or the statement and how it ended.',
      metric: metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', cloudwatch.Stats.MAXIMUM, { QueueName: queueName }),
    });
  }
}
