import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import type { Configuration } from './configuration.ts';
import { AccessLogBucket } from './constructs/access-log-bucket.ts';
import { grantWithoutResource } from './constructs/actions-without-resource.ts';
import { ApiFirewall } from './constructs/api-firewall.ts';
import { type AppApi, STAGE } from './constructs/app-api.ts';
import { CrossOrigin } from './constructs/cross-origin.ts';
import { DataKey } from './constructs/data-key.ts';
import { EnhancedFanOutConsumer } from './constructs/enhanced-fan-out-consumer.ts';
import { InteractionCollector } from './constructs/interaction-collector.ts';
import { Members } from './constructs/members.ts';
import { RecommendationApi } from './constructs/recommendation-api.ts';
import { RecommendationFunction } from './constructs/recommendation-function.ts';
import { RecordStream } from './constructs/record-stream.ts';
import { RecordStreamAlarms } from './constructs/record-stream-alarms.ts';
import { SessionAuthorizer } from './constructs/session-authorizer.ts';
import { StreamFunction } from './constructs/stream-function.ts';
import { usageKeys, UsagePlans } from './constructs/usage-plans.ts';

/**
 * Interactions, items and users: collector -> a stream -> enhanced fan-out -> `put-events-forwarder` -> Personalize; and
 * back: Personalize -> `recommendation-api` -> apps and pages.
 */
export class RecommendationsStack extends Stack {
  readonly interactions: RecordStream;
  readonly forwarder: StreamFunction;
  readonly sessions: SessionAuthorizer;
  readonly members: Members;
  readonly recommendations: RecommendationFunction;
  readonly collector: InteractionCollector;
  readonly recommendationApi: RecommendationApi;
  private readonly encryptionKey: DataKey;
  private readonly alarmActions: readonly SnsAction[];

  constructor(scope: Construct, id: string, private readonly configuration: Configuration) {
    super(scope, id, { description: 'Real-time recommendations: interactions into Amazon Personalize, answers out of it' });
    this.encryptionKey = new DataKey(this, 'DataKey', 'Interactions: the stream, the records not delivered, the logs');
    this.alarmActions = this.createAlarmActions();
    this.interactions = this.createStream();
    this.forwarder = this.createForwarder();
    this.allowPersonalize();
    this.sessions = this.createSessions();
    this.members = new Members(this, 'Members', configuration);
    this.recommendations = this.createRecommendations();
    this.collector = this.createCollector();
    this.recommendationApi = this.createRecommendationApi();
    this.limitCallers([this.collector.api, this.recommendationApi.api]);
    this.createOutputs();
  }

  private createAlarmActions(): readonly SnsAction[] {
    const { alarmTopicArn } = this.configuration;
    if (alarmTopicArn === undefined) return [];
    return [new SnsAction(sns.Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn))];
  }

  private createStream(): RecordStream {
    const interactions = new RecordStream(this, 'Interactions', {
      capacity: { mode: 'provisioned', shards: 4 },
      retention: Duration.days(7),
      encryptionKey: this.encryptionKey,
    });
    new RecordStreamAlarms(interactions, 'Alarms', interactions.stream.streamName, this.alarmActions);
    return interactions;
  }

  private createForwarder(): StreamFunction {
    const functionName = 'put-events-forwarder';
    const { localCloud, putEventsPerSecondQuota } = this.configuration;
    return new StreamFunction(this, 'PutEventsForwarder', {
      ...this.functionProps(functionName),
      source: new EnhancedFanOutConsumer(this, 'Consumer', {
        source: this.interactions,
        consumerName: functionName,
        localCloud,
      }),
      accessLogs: new AccessLogBucket(this, 'AccessLogs'),
      mappingEnabled: !localCloud,
      environment: destinations(this.configuration),
      sharedLimits: { PUT_EVENTS_PER_SECOND: putEventsPerSecondQuota },
    });
  }

  private allowPersonalize(): void {
    const { itemsDatasetArn, usersDatasetArn } = this.configuration;
    grantWithoutResource(this.forwarder.role, 'personalize:PutEvents');
    if (itemsDatasetArn !== undefined) this.forwarder.allow(['personalize:PutItems'], [itemsDatasetArn]);
    if (usersDatasetArn !== undefined) this.forwarder.allow(['personalize:PutUsers'], [usersDatasetArn]);
  }

  private createSessions(): SessionAuthorizer {
    const { allowedOrigins } = this.configuration;
    return new SessionAuthorizer(this, 'Sessions', {
      ...this.functionProps('session-authorizer'),
      environment: {
        ...usageKeys(this),
        ...(allowedOrigins.length === 0 ? {} : { ALLOWED_ORIGINS: allowedOrigins.join(',') }),
      },
    });
  }

  private createRecommendations(): RecommendationFunction {
    return new RecommendationFunction(this, 'Recommendations', {
      ...this.functionProps('recommendation-api'),
      sources: this.configuration.sources,
      metricMath: !this.configuration.localCloud,
    });
  }

  private createCollector(): InteractionCollector {
    return new InteractionCollector(this, 'Collector', {
      ...this.apiProps('collector'),
      stream: this.interactions,
      sessions: this.sessions,
    });
  }

  private createRecommendationApi(): RecommendationApi {
    return new RecommendationApi(this, 'RecommendationApi', {
      ...this.apiProps('recommendation-api'),
      sessions: this.sessions,
      members: this.members,
      recommendations: this.recommendations,
      sessionsPerSecond: this.configuration.traffic.sessionsPerSecond,
    });
  }

  private limitCallers(apis: readonly AppApi[]): void {
    const { traffic, waf } = this.configuration;
    new UsagePlans(this, 'UsagePlans', apis, traffic);
    if (waf) {
      new ApiFirewall(this, 'Firewall', apis, traffic.requestsPerAddress);
      return;
    }
    for (const api of apis) {
      Validations.of(api.stage).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason: 'A firewall is billed by the month and request: the context value waf puts one before both APIs.',
      });
    }
  }

  /** What every function has. */
  private functionProps(functionName: string) {
    const { functionsDirectory, architecture } = this.configuration;
    const { encryptionKey, alarmActions } = this;
    return { functionName, functionsDirectory, architecture, encryptionKey, alarmActions };
  }

  /** What both APIs have. */
  private apiProps(name: string) {
    const { allowedOrigins, traffic, localCloud } = this.configuration;
    return {
      apiName: `${this.stackName}-${name}`,
      encryptionKey: this.encryptionKey,
      crossOrigin: new CrossOrigin(allowedOrigins),
      requestsPerSecond: traffic.requestsPerSecond,
      // The emulator looks for a key in a header, whatever the API's key source is.
      usagePlans: !localCloud,
      alarmActions: this.alarmActions,
    };
  }

  private createOutputs(): void {
    const { appClient, serviceClient } = this.members;
    const outputs: Record<string, string | undefined> = {
      InteractionStreamName: this.interactions.stream.streamName,
      InteractionStreamArn: this.interactions.stream.streamArn,
      ForwarderFunctionName: this.forwarder.function.functionName,
      DeadLetterBucketName: this.forwarder.deadLetters.bucketName,
      OnFailureBucketName: this.forwarder.onFailure.bucketName,
      TrackingId: this.configuration.trackingId,
      CollectorApiId: this.collector.api.restApi.restApiId,
      CollectorUrl: this.collector.api.restApi.url,
      RecommendationApiId: this.recommendationApi.api.restApi.restApiId,
      RecommendationApiUrl: this.recommendationApi.api.restApi.url,
      ApiStage: STAGE,
      SessionAuthorizerFunctionName: this.sessions.function.functionName,
      RecommendationApiFunctionName: this.recommendations.function.functionName,
      StateTableName: this.recommendations.state.table.tableName,
      UserPoolId: this.members.userPool.userPoolId,
      UserPoolClientId: appClient?.userPoolClientId,
      ServiceClientId: serviceClient?.userPoolClientId,
    };
    for (const [name, value] of Object.entries(outputs)) {
      if (value !== undefined) new CfnOutput(this, name, { value });
    }
  }
}

function destinations({ trackingId, itemsDatasetArn, usersDatasetArn }: Configuration): Record<string, string> {
  return {
    TRACKING_ID: trackingId,
    ...(itemsDatasetArn === undefined ? {} : { ITEMS_DATASET_ARN: itemsDatasetArn }),
    ...(usersDatasetArn === undefined ? {} : { USERS_DATASET_ARN: usersDatasetArn }),
  };
}
