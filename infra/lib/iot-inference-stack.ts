import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import { AccessLogBucket } from './constructs/access-log-bucket.ts';
import { DataKey } from './constructs/data-key.ts';
import { EnhancedFanOutConsumer } from './constructs/enhanced-fan-out-consumer.ts';
import { RecordStream } from './constructs/record-stream.ts';
import { RecordStreamAlarms } from './constructs/record-stream-alarms.ts';
import { SharedThroughputReader } from './constructs/shared-throughput-reader.ts';
import { TelemetryArchive } from './iot-inference/archive/telemetry-archive.ts';
import type { IotInferenceConfiguration } from './iot-inference/configuration.ts';
import { TelemetryIngestion } from './iot-inference/ingestion/telemetry-ingestion.ts';
import { SensorState } from './iot-inference/sensor-state/sensor-state.ts';
import { SiteWise } from './iot-inference/site-wise/site-wise.ts';

/**
 * Readings of devices: AWS IoT Core -> stream -> the state of each sensor, for queries and subscribers, and the archive.
 *
 * The state is read by a consumer of its own, so that nobody who reads beside it makes subscribers wait; the archive may.
 */
export class IotInferenceStack extends Stack {
  readonly encryptionKey: DataKey;
  readonly telemetry: RecordStream;
  readonly ingestion: TelemetryIngestion;
  readonly sensorState: SensorState;
  readonly archive: TelemetryArchive;
  /** None unless asked for. */
  readonly siteWise: SiteWise | undefined;
  private readonly alarmActions: readonly SnsAction[];
  private readonly accessLogs: AccessLogBucket;

  constructor(scope: Construct, id: string, private readonly configuration: IotInferenceConfiguration) {
    super(scope, id, { description: 'IoT inference: readings of devices, the state of sensors, the archive' });
    const { alarmTopicArn } = configuration;
    this.alarmActions =
      alarmTopicArn === undefined ? [] : [new SnsAction(sns.Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn))];
    this.encryptionKey = new DataKey(this, 'DataKey', 'Readings: stream, tables, archive, records not delivered, logs');
    this.accessLogs = new AccessLogBucket(this, 'AccessLogs');
    this.telemetry = this.createStream();
    this.ingestion = new TelemetryIngestion(this, 'Ingestion', {
      stream: this.telemetry,
      encryptionKey: this.encryptionKey,
      accessLogs: this.accessLogs,
      preProvisioningHookArn: configuration.preProvisioningHookArn,
      alarmActions: this.alarmActions,
      localCloud: configuration.localCloud,
    });
    this.sensorState = this.createSensorState();
    this.archive = this.createArchive();
    this.siteWise = this.createSiteWise();
    this.createOutputs();
  }

  private createStream(): RecordStream {
    const telemetry = new RecordStream(this, 'Readings', {
      capacity: { mode: 'provisioned', shards: 4 },
      // Both sinks may be down over a long weekend.
      retention: Duration.days(7),
      encryptionKey: this.encryptionKey,
    });
    new RecordStreamAlarms(telemetry, 'Alarms', telemetry.stream.streamName, this.alarmActions);
    return telemetry;
  }

  private createSensorState(): SensorState {
    const { historyDays, userPoolArn, localEndpoint, localCloud } = this.configuration;
    const source = new EnhancedFanOutConsumer(this, 'SensorStateReader', {
      source: this.telemetry,
      consumerName: 'sensor-state-writer',
      localCloud,
    });
    return new SensorState(this, 'SensorState', {
      ...this.readerProps(),
      source,
      historyDays,
      userPoolArn,
      localCloud,
      localEndpoint,
    });
  }

  private createArchive(): TelemetryArchive {
    const { archiveSource, localCloud } = this.configuration;
    return new TelemetryArchive(this, 'Archive', {
      ...this.readerProps(),
      source: new SharedThroughputReader(this, 'ArchiveReader', this.telemetry),
      stream: this.telemetry,
      archiveSource,
      localCloud,
    });
  }

  private createSiteWise(): SiteWise | undefined {
    if (!this.configuration.siteWise) return undefined;
    const { encryptionKey, alarmActions } = this;
    return new SiteWise(this, 'SiteWise', { encryptionKey, alarmActions, errors: this.ingestion.errors });
  }

  /** What every function on the stream has. */
  private readerProps() {
    const { functionsDirectory, architecture, localCloud } = this.configuration;
    const { encryptionKey, accessLogs, alarmActions } = this;
    return { functionsDirectory, architecture, encryptionKey, accessLogs, alarmActions, mappingEnabled: !localCloud };
  }

  private createOutputs(): void {
    const { stream } = this.telemetry;
    const outputs: Readonly<Record<string, string | undefined>> = {
      TelemetryStreamName: stream.streamName,
      TelemetryStreamArn: stream.streamArn,
      ...this.ingestion.outputs,
      ...this.sensorState.outputs,
      ...this.archive.outputs,
      ...this.siteWise?.outputs,
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value !== undefined) new CfnOutput(this, name, { value });
    }
  }
}
