import { Fn, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

import type { ClassLimits } from '../traffic-limits.ts';
import type { AppApi } from './app-api.ts';

/** The classes of callers, each with the variable that tells `session-authorizer` its key. */
const CLASSES = { visitors: 'VISITOR_USAGE_KEY', members: 'MEMBER_USAGE_KEY' } as const;

type CallerClass = keyof typeof CLASSES;

/**
 * A usage plan for each class of callers. All callers of a class share its one key, and so its limits, on all APIs
 * together: visitors, whom anybody can become, cannot take what members need.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class UsagePlans extends Construct {
  constructor(scope: Construct, id: string, apis: readonly AppApi[], limits: Readonly<Record<CallerClass, ClassLimits>>) {
    super(scope, id);
    for (const callers of Object.keys(CLASSES) as CallerClass[]) {
      const { requestsPerSecond, requestsPerDay } = limits[callers];
      const plan = new apigateway.UsagePlan(this, callers, {
        name: `${Stack.of(this).stackName}-${callers}`,
        description: `What all ${callers} together may do`,
        apiStages: apis.map(({ restApi, stage }) => ({ api: restApi, stage })),
        throttle: { rateLimit: requestsPerSecond, burstLimit: requestsPerSecond },
        quota: { limit: requestsPerDay, period: apigateway.Period.DAY },
      });
      plan.addApiKey(
        new apigateway.ApiKey(plan, 'Key', { description: `Names the plan of ${callers}`, value: keyOf(this, callers) }),
      );
    }
  }
}

/** The keys, as `session-authorizer` is told them. */
export function usageKeys(scope: Construct): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CLASSES).map(([callers, variable]) => [variable, keyOf(scope, callers as CallerClass)]),
  );
}

/**
 * Unique in account and region, as AWS wants it, by the id at the end of the stack's ARN. It is no secret: with the
 * authorizer as source, a key that a client sends is not looked at.
 */
function keyOf(scope: Construct, callers: CallerClass): string {
  return Fn.join('-', [callers, Fn.select(2, Fn.split('/', Stack.of(scope).stackId))]);
}
