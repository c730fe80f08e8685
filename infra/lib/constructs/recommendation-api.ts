import { Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

import type { ApiFunction } from './api-function.ts';
import { AppApi, type AppApiProps } from './app-api.ts';
import type { Members } from './members.ts';
import { acknowledgeSessionToken, type SessionAuthorizer } from './session-authorizer.ts';

export interface RecommendationApiProps extends Omit<AppApiProps, 'description' | 'executionLog' | 'stricter'> {
  readonly sessions: SessionAuthorizer;
  readonly members: Members;
  readonly recommendations: ApiFunction;
  /** New sessions of visitors per second, and at once. */
  readonly sessionsPerSecond: number;
  /** Count each request of a session on the usage plan that the authorizer names. */
  readonly usagePlans: boolean;
}

const NEW_SESSION = 'POST /sessions';

/** What a session's bearer may ask. */
const RECOMMENDATIONS = ['GET /recommendations', 'GET /items/{id}/related', 'POST /rankings'];

/** The door for recommendations, and for the sessions that both doors ask for. */
export class RecommendationApi extends Construct {
  readonly api: AppApi;

  constructor(scope: Construct, id: string, props: RecommendationApiProps) {
    super(scope, id);
    this.api = new AppApi(this, 'Api', {
      ...props,
      description: 'Sessions and recommendations for apps and pages',
      executionLog: apigateway.MethodLoggingLevel.ERROR,
      stricter: { [NEW_SESSION]: props.sessionsPerSecond },
    });
    this.addSessions(props);
    this.addRecommendations(props);
    Validations.of(this.api.restApi).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason: 'The functions check every request themselves, and name the field that is wrong.',
    });
  }

  private addSessions({ sessions, members }: RecommendationApiProps): void {
    const open = this.api.route(NEW_SESSION, proxy(sessions), {
      authorizationType: apigateway.AuthorizationType.NONE,
    });
    const reason = 'Here a visitor, who has no credential yet, gets one. The route is throttled by itself.';
    for (const id of ['AwsSolutions-APIG4', 'AwsSolutions-COG4']) Validations.of(open).acknowledge({ id, reason });
    this.api.route('POST /sessions/member', proxy(sessions), members.authorize(this.api));
  }

  private addRecommendations({ sessions, recommendations, usagePlans }: RecommendationApiProps): void {
    const options = { ...sessions.authorize(this.api), apiKeyRequired: usagePlans };
    for (const route of RECOMMENDATIONS) {
      acknowledgeSessionToken(this.api.route(route, proxy(recommendations), options));
    }
  }
}

function proxy(target: ApiFunction): apigateway.LambdaIntegration {
  // Without a permission for the console's test calls, which go round the authorizer.
  return new apigateway.LambdaIntegration(target.function, { allowTestInvoke: false });
}
