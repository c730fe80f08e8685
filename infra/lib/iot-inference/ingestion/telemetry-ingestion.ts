import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { PayloadBucket } from '../../constructs/payload-bucket.ts';
import type { RecordStream } from '../../constructs/record-stream.ts';
import { DevicePolicy } from './device-policy.ts';
import { FleetProvisioning } from './fleet-provisioning.ts';
import { RuleAlarms } from './rule-alarms.ts';
import { StreamRule } from './stream-rule.ts';

export interface TelemetryIngestionProps {
  /** Where the readings go. */
  readonly stream: RecordStream;
  readonly encryptionKey: kms.IKey;
  /** Gets the access logs of the bucket. */
  readonly accessLogs: s3.IBucket;
  readonly preProvisioningHookArn: string | undefined;
  readonly alarmActions: readonly cloudwatch.IAlarmAction[];
  readonly localCloud: boolean;
}

/**
 * Takes the whole payload and looks at nothing in it, so that what is no JSON reaches the stream too, byte for byte, and
 * whoever reads the stream sets it apart. A rule that names a field would drop it without a trace.
 * https://docs.aws.amazon.com/iot/latest/developerguide/binary-payloads.html
 *
 * No page says whether JSON is written anew. Where it is, a number keeps its value and up to 34 digits, of which a
 * reading's values have at most 30, and not its trailing noughts.
 * https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-data-types.html
 */
export const TELEMETRY_SQL = "SELECT * FROM 'telemetry/+/+'";

/** The device, the third level of `telemetry/<site>/<device>`: its readings stay in order on one shard. */
export const DEVICE = '${topic(3)}';

/** From devices into the stream, by AWS IoT Core: who may publish what, and what becomes of each message. */
export class TelemetryIngestion extends Construct {
  readonly policy: DevicePolicy;
  readonly provisioning: FleetProvisioning;
  readonly rule: StreamRule;
  /** Messages that the stream did not take. */
  readonly errors: PayloadBucket;

  constructor(scope: Construct, id: string, props: TelemetryIngestionProps) {
    super(scope, id);
    this.policy = new DevicePolicy(this, 'DevicePolicy');
    this.provisioning = new FleetProvisioning(this, 'Provisioning', {
      devicePolicyName: this.policy.policyName,
      preProvisioningHookArn: props.preProvisioningHookArn,
    });
    this.errors = new PayloadBucket(this, 'IngestionErrors', props);
    this.rule = new StreamRule(this, 'Telemetry', {
      description: 'Readings of devices onto the stream',
      sql: TELEMETRY_SQL,
      stream: props.stream,
      partitionKey: DEVICE,
      errors: this.errors,
      errorPrefix: 'telemetry',
    });
    // The emulator takes no alarm on a query.
    if (!props.localCloud) this.watch(props.alarmActions);
  }

  private watch(actions: readonly cloudwatch.IAlarmAction[]): void {
    new RuleAlarms(this.rule, 'Alarms', { ruleName: this.rule.ruleName, target: 'The stream', actions });
  }

  /** What a stack says of it. */
  get outputs(): Readonly<Record<string, string | undefined>> {
    return {
      TelemetryRuleName: this.rule.ruleName,
      IngestionErrorBucketName: this.errors.bucketName,
      DevicePolicyName: this.policy.policyName,
      ClaimPolicyName: this.provisioning.claimPolicyName,
      ProvisioningTemplateName: this.provisioning.templateName,
    };
  }
}
