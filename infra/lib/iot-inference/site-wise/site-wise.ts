import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { RecordStream } from '../../constructs/record-stream.ts';
import { RecordStreamAlarms } from '../../constructs/record-stream-alarms.ts';
import { StreamRule } from '../ingestion/stream-rule.ts';
import { RuleAlarms } from '../ingestion/rule-alarms.ts';
import { DeviceModel } from './device-model.ts';
import { ReadingsIntoSiteWise } from './readings-into-site-wise.ts';

export interface SiteWiseProps {
  readonly encryptionKey: kms.IKey;
  /** Gets what neither AWS IoT SiteWise nor the stream took. */
  readonly errors: s3.Bucket;
  readonly alarmActions: readonly cloudwatch.IAlarmAction[];
}

/**
 * AWS IoT SiteWise beside the readings: an asset model, readings into it, and what its assets are told of onto a stream.
 *
 * That stream is its own. A property's notification names asset and property, and neither device, sensor nor sequence: it is
 * no reading, and among readings it would be poison; and what came by the first rule would come twice. Nothing comes before
 * the owner of an asset has notifications of its properties enabled.
 * https://docs.aws.amazon.com/iot-sitewise/latest/userguide/property-notifications.html
 */
export class SiteWise extends Construct {
  readonly model: DeviceModel;
  readonly into: ReadingsIntoSiteWise;
  readonly updates: RecordStream;
  readonly rule: StreamRule;

  constructor(scope: Construct, id: string, { encryptionKey, errors, alarmActions }: SiteWiseProps) {
    super(scope, id);
    this.model = new DeviceModel(this, 'DeviceModel');
    this.into = new ReadingsIntoSiteWise(this, 'Into', { errors, encryptionKey });
    const { ruleName: intoSiteWise } = this.into;
    new RuleAlarms(this.into, 'Alarms', {
      ruleName: intoSiteWise,
      target: 'AWS IoT SiteWise',
      actions: alarmActions,
    });
    this.updates = new RecordStream(this, 'Updates', {
      capacity: { mode: 'provisioned', shards: 1 },
      retention: Duration.days(7),
      encryptionKey,
    });
    new RecordStreamAlarms(this.updates, 'Alarms', this.updates.stream.streamName, alarmActions);
    this.rule = new StreamRule(this, 'Notifications', {
      description: 'Updates of asset properties onto their stream',
      sql: `SELECT * FROM '$aws/sitewise/asset-models/${this.model.assetModelId}/assets/+/properties/+'`,
      stream: this.updates,
      // The asset, the sixth level: $aws is the first.
      partitionKey: '${topic(6)}',
      errors,
      errorPrefix: 'site-wise-updates',
    });
    const { ruleName } = this.rule;
    new RuleAlarms(this.rule, 'Alarms', { ruleName, target: 'the stream of updates', actions: alarmActions });
  }

  /** What a stack says of it. */
  get outputs(): Readonly<Record<string, string | undefined>> {
    return {
      DeviceAssetModelId: this.model.assetModelId,
      SiteWiseRuleName: this.into.ruleName,
      SiteWiseUpdateStreamName: this.updates.stream.streamName,
      SiteWiseUpdateRuleName: this.rule.ruleName,
    };
  }
}
