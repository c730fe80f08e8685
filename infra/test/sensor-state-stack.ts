import { Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { AccessLogBucket } from '../lib/constructs/access-log-bucket.ts';
import { DataKey } from '../lib/constructs/data-key.ts';
import { RecordStream } from '../lib/constructs/record-stream.ts';
import type { StreamSource } from '../lib/constructs/stream-source.ts';
import { SensorState, type SensorStateProps } from '../lib/iot-inference/sensor-state/sensor-state.ts';
import { WRITER } from '../lib/iot-inference/sensor-state/sensor-state-writer.ts';
import { app, builtFunction, ON_AWS } from './synthesis.ts';

/** As the local cloud passes it. */
export const LOCAL = { localCloud: true, localEndpoint: 'http://127.0.0.1:4566' };

/** The sensors' state alone, on a stream of its own. */
export class SensorStateStack extends Stack {
  readonly state: SensorState;

  constructor(changed: Partial<SensorStateProps> = {}) {
    super(app({}), 'State');
    const encryptionKey = new DataKey(this, 'DataKey', 'test');
    const stream = new RecordStream(this, 'Telemetry', {
      capacity: { mode: 'provisioned', shards: 2 },
      retention: Duration.days(7),
      encryptionKey,
    });
    const localCloud = changed.localCloud ?? false;
    this.state = new SensorState(this, 'State', {
      historyDays: 30,
      source: new Reader(this, 'Reader', stream),
      localCloud,
      mappingEnabled: !localCloud,
      functionsDirectory: builtFunction(WRITER),
      architecture: lambda.Architecture.ARM_64,
      encryptionKey,
      accessLogs: new AccessLogBucket(this, 'AccessLogs'),
      alarmActions: [new SnsAction(sns.Topic.fromTopicArn(this, 'AlarmTopic', ON_AWS.alarmTopicArn))],
      ...changed,
    });
  }
}

/** Stands for whatever the stack lets the function read with. */
class Reader extends Construct implements StreamSource {
  readonly eventSourceArn: string;
  readonly shards: number;
  readonly retention: Duration;

  constructor(scope: Construct, id: string, { stream, shards, retention }: RecordStream) {
    super(scope, id);
    this.eventSourceArn = stream.streamArn;
    this.shards = shards;
    this.retention = retention;
  }

  grantRead(_: iam.IRole): void {}
}
