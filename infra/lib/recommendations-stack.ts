import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import type { Configuration } from './configuration.ts';
import { AccessLogBucket } from './constructs/access-log-bucket.ts';
import { grantWithoutResource } from './constructs/actions-without-resource.ts';
import { DataKey } from './constructs/data-key.ts';
import { EnhancedFanOutConsumer } from './constructs/enhanced-fan-out-consumer.ts';
import { RecordStream } from './constructs/record-stream.ts';
import { StreamFunction } from './constructs/stream-function.ts';

/** Interactions, items and users: a stream -> enhanced fan-out -> `put-events-forwarder` -> Personalize. */
export class RecommendationsStack extends Stack {
  readonly interactions: RecordStream;
  readonly forwarder: StreamFunction;

  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id, { description: 'Real-time recommendations: a stream of interactions into Amazon Personalize' });
    const encryptionKey = new DataKey(this, 'DataKey', 'Interactions: the stream, the records not delivered, the logs');
    this.interactions = new RecordStream(this, 'Interactions', {
      capacity: { mode: 'provisioned', shards: 4 },
      retention: Duration.days(7),
      encryptionKey,
    });
    this.forwarder = this.createForwarder(configuration, encryptionKey);
    this.allowPersonalize(configuration);
    this.createOutputs(configuration);
  }

  private createForwarder(configuration: Configuration, encryptionKey: DataKey): StreamFunction {
    const functionName = 'put-events-forwarder';
    const { localCloud, functionsDirectory, architecture } = configuration;
    return new StreamFunction(this, 'PutEventsForwarder', {
      functionName,
      functionsDirectory,
      architecture,
      source: new EnhancedFanOutConsumer(this, 'Consumer', {
        source: this.interactions,
        consumerName: functionName,
        localCloud,
      }),
      encryptionKey,
      accessLogs: new AccessLogBucket(this, 'AccessLogs'),
      mappingEnabled: !localCloud,
      environment: environment(configuration),
      sharedLimits: { PUT_EVENTS_PER_SECOND: configuration.putEventsPerSecondQuota },
      alarmActions: this.alarmActions(configuration),
    });
  }

  private alarmActions({ alarmTopicArn }: Configuration): SnsAction[] {
    if (alarmTopicArn === undefined) return [];
    return [new SnsAction(sns.Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn))];
  }

  private allowPersonalize({ itemsDatasetArn, usersDatasetArn }: Configuration): void {
    const { role } = this.forwarder;
    grantWithoutResource(role, 'personalize:PutEvents');
    if (itemsDatasetArn !== undefined) role.addToPolicy(allow('personalize:PutItems', itemsDatasetArn));
    if (usersDatasetArn !== undefined) role.addToPolicy(allow('personalize:PutUsers', usersDatasetArn));
  }

  private createOutputs(configuration: Configuration): void {
    const outputs = {
      InteractionStreamName: this.interactions.stream.streamName,
      InteractionStreamArn: this.interactions.stream.streamArn,
      ForwarderFunctionName: this.forwarder.function.functionName,
      DeadLetterBucketName: this.forwarder.deadLetters.bucketName,
      OnFailureBucketName: this.forwarder.onFailure.bucketName,
      TrackingId: configuration.trackingId,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

function environment({ trackingId, itemsDatasetArn, usersDatasetArn }: Configuration): Record<string, string> {
  return {
    TRACKING_ID: trackingId,
    ...(itemsDatasetArn === undefined ? {} : { ITEMS_DATASET_ARN: itemsDatasetArn }),
    ...(usersDatasetArn === undefined ? {} : { USERS_DATASET_ARN: usersDatasetArn }),
  };
}

function allow(action: string, resource: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions: [action], resources: [resource] });
}
