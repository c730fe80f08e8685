import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { PayloadBucket } from '../../constructs/payload-bucket.ts';
import type { RecordStream } from '../../constructs/record-stream.ts';
import { DevicePolicy } from './device-policy.ts';
import { FleetProvisioning } from './fleet-provisioning.ts';
import { StreamRule } from './stream-rule.ts';
import { StreamRuleAlarms } from './stream-rule-alarms.ts';

export interface TelemetryIngestionProps {
  /** Where the readings go. */
  readonly stream: RecordStream;
  readonly encryptionKey: kms.IKey;
  /** Gets the access logs of the bucket. */
  readonly accessLogs: s3.IBucket;
  readonly preProvisioningHookArn: string | undefined;
  readonly alarmActions: readonly cloudwatch.IAlarmAction[];
}

/**
 * Takes the whole payload and looks at nothing in it, so that it reaches the stream byte for byte: also what is no JSON,
 * which whoever reads the stream sets apart with its payload. A rule that names a field would drop it without a trace.
 * https://docs.aws.amazon.com/iot/latest/developerguide/binary-payloads.html
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
    new StreamRuleAlarms(this.rule, 'Alarms', this.rule.ruleName, props.alarmActions);
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
