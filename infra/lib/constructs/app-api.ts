import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { ACCESS_LOG_FORMAT } from './access-log-format.ts';
import type { CrossOrigin } from './cross-origin.ts';
import { answerWithProblems } from './problem-responses.ts';
import { RestApiAlarms } from './rest-api-alarms.ts';

export interface AppApiProps {
  readonly description: string;
  /** Unique in the account and region: the dimension `ApiName` of its metrics. */
  readonly apiName: string;
  readonly encryptionKey: kms.IKey;
  readonly crossOrigin: CrossOrigin;
  /** Requests per second, and at once, that each method takes. */
  readonly requestsPerSecond: number;
  /** Other limits, by route such as `POST /sessions`. */
  readonly stricter?: Readonly<Record<string, number>>;
  /** What the execution log gets. It never gets whole requests and answers. */
  readonly executionLog: apigateway.MethodLoggingLevel;
  /** What 99 of 100 requests must stay below, or an alarm rings. One second. */
  readonly latencyAlarm?: Duration;
  /** What every alarm does. */
  readonly alarmActions?: readonly cloudwatch.IAlarmAction[];
}

/** The one stage of an API. */
export const STAGE = 'prod';

/**
 * A REST API that apps and pages call: throttled, logged without payloads, watched, and with every answer of its own as
 * problem+json. REST and not HTTP: request models, usage plans and the firewall exist only there.
 */
export class AppApi extends Construct {
  readonly restApi: apigateway.RestApi;
  readonly crossOrigin: CrossOrigin;

  constructor(scope: Construct, id: string, props: AppApiProps) {
    super(scope, id);
    this.crossOrigin = props.crossOrigin;
    this.restApi = new apigateway.RestApi(this, 'RestApi', {
      restApiName: props.apiName,
      description: props.description,
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      // The authorizer names the plan of the caller's class: no client holds an API key.
      apiKeySourceType: apigateway.ApiKeySourceType.AUTHORIZER,
      // One setting for all APIs of an account and region: the stack ApiGatewayAccount makes it.
      cloudWatchRole: false,
      deployOptions: this.stageOptions(props),
    });
    // The stack has an output of its own for the URL.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.keepExecutionLog(props);
    answerWithProblems(this.restApi, props.crossOrigin.answerHeaders());
    new RestApiAlarms(this, 'Alarms', {
      apiName: props.apiName,
      stageName: STAGE,
      latency: props.latencyAlarm ?? Duration.seconds(1),
      actions: props.alarmActions ?? [],
    });
  }

  get stage(): apigateway.Stage {
    return this.restApi.deploymentStage;
  }

  /** Adds a route such as `POST /sessions`, and OPTIONS on its path where other origins may call. */
  route(route: string, integration: apigateway.Integration, options: apigateway.MethodOptions): apigateway.Method {
    const [httpMethod = '', path = ''] = route.split(' ');
    const resource = this.restApi.root.resourceForPath(path);
    const preflight = this.crossOrigin.preflight(httpMethod);
    if (preflight !== undefined) openPreflight(resource.addCorsPreflight(preflight));
    return resource.addMethod(httpMethod, integration, options);
  }

  private stageOptions(props: AppApiProps): apigateway.StageOptions {
    const accessLog = new logs.LogGroup(this, 'AccessLog', logGroupProps(props));
    const method = (requestsPerSecond: number): apigateway.MethodDeploymentOptions => ({
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: requestsPerSecond,
      loggingLevel: props.executionLog,
      dataTraceEnabled: false,
      metricsEnabled: true,
    });
    const stricter = Object.entries(props.stricter ?? {}).map(([route, limit]) => [settingsPath(route), method(limit)]);
    return {
      stageName: STAGE,
      ...method(props.requestsPerSecond),
      // What a method does not set itself is not the stage's, but API Gateway's default.
      methodOptions: Object.fromEntries(stricter),
      accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
      accessLogFormat: ACCESS_LOG_FORMAT,
    };
  }

  /** API Gateway would make the log group by itself: not encrypted, and for ever. */
  private keepExecutionLog(props: AppApiProps): void {
    if (props.executionLog === apigateway.MethodLoggingLevel.OFF) return;
    const executionLog = new logs.LogGroup(this, 'ExecutionLog', {
      ...logGroupProps(props),
      logGroupName: `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${STAGE}`,
    });
    this.stage.node.addDependency(executionLog);
  }
}

function logGroupProps({ encryptionKey }: AppApiProps): logs.LogGroupProps {
  return { retention: logs.RetentionDays.ONE_MONTH, encryptionKey, removalPolicy: RemovalPolicy.DESTROY };
}

/** `POST /sessions` -> `/sessions/POST` */
function settingsPath(route: string): string {
  const [httpMethod, path] = route.split(' ');
  return `${path}/${httpMethod}`;
}

function openPreflight(method: apigateway.Method): void {
  const reason = 'A browser sends no credential with a preflight, and its answer holds nothing but what may be sent.';
  for (const id of ['AwsSolutions-APIG4', 'AwsSolutions-COG4']) Validations.of(method).acknowledge({ id, reason });
}
