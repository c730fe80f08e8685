import type { Node } from 'constructs';

import { type AppConfiguration, readAppConfiguration } from './app-configuration.ts';
import { Context } from './context.ts';
import { readSources, type RecommendationSources } from './recommendation-sources.ts';
import { STAND_IN } from './stand-in.ts';
import { readTrafficLimits, type TrafficLimits } from './traffic-limits.ts';

/** What differs between deployments of the recommendations, read once from the CDK context (`-c name=value`). */
export interface Configuration extends AppConfiguration {
  /** The tracking id of the Personalize event tracker. Context `trackingId`. */
  readonly trackingId: string;
  /** Where item records go; without it the function rejects them. Context `itemsDatasetArn`. */
  readonly itemsDatasetArn: string | undefined;
  /** Where user records go; without it the function rejects them. Context `usersDatasetArn`. */
  readonly usersDatasetArn: string | undefined;
  /** PutEvents calls per second that the dataset group may take in all. Context `putEventsPerSecondQuota`. */
  readonly putEventsPerSecondQuota: number;
  /** What the recommendation API asks Personalize for. */
  readonly sources: RecommendationSources;
  /** The origins whose pages may call the APIs, or `*`; none without cross-origin calls. Context `allowedOrigins`. */
  readonly allowedOrigins: readonly string[];
  /** The members' user pool; without it the stack makes one. Context `userPoolArn`. */
  readonly userPoolArn: string | undefined;
  /**
   * The prefix of the user pool's domain, where services get their tokens; without it there is no client for services.
   * Context `serviceDomainPrefix`.
   */
  readonly serviceDomainPrefix: string | undefined;
  /** How much the APIs take. */
  readonly traffic: TrafficLimits;
  /** A web application firewall before both APIs. Context `waf`. */
  readonly waf: boolean;
}

/**
 * The default quota of PutEvents for one dataset group, in calls per second. It can be raised.
 * https://docs.aws.amazon.com/personalize/latest/dg/limits.html
 */
export const DEFAULT_PUT_EVENTS_PER_SECOND = 1000;

/** Reads the context. Every missing or bad value is reported at once, by name. */
export function readConfiguration(node: Node): Configuration {
  const context = new Context(node);
  const app = readAppConfiguration(context);
  const { localCloud } = app;
  const configuration: Configuration = {
    ...app,
    trackingId: context.text('trackingId') ?? (localCloud ? STAND_IN.trackingId : context.missing('trackingId')),
    itemsDatasetArn: context.text('itemsDatasetArn') ?? (localCloud ? STAND_IN.itemsDatasetArn : undefined),
    usersDatasetArn: context.text('usersDatasetArn') ?? (localCloud ? STAND_IN.usersDatasetArn : undefined),
    putEventsPerSecondQuota: context.positive('putEventsPerSecondQuota') ?? DEFAULT_PUT_EVENTS_PER_SECOND,
    sources: readSources(context, localCloud),
    allowedOrigins: allowedOrigins(context, localCloud),
    userPoolArn: userPoolArn(context),
    serviceDomainPrefix: serviceDomainPrefix(context, localCloud),
    traffic: readTrafficLimits(context),
    waf: waf(context, localCloud),
  };
  context.throwProblems();
  return configuration;
}

function allowedOrigins(context: Context, localCloud: boolean): readonly string[] {
  const text = context.text('allowedOrigins') ?? (localCloud ? '*' : '');
  const origins = text.split(',').map((origin) => origin.trim()).filter((origin) => origin !== '');
  if (origins.length > 1 && origins.includes('*')) context.problem('allowedOrigins', 'has * beside other origins');
  for (const origin of origins) {
    if (origin === '*' || isOrigin(origin)) continue;
    context.problem('allowedOrigins', `has '${origin}', not * or an origin like https://shop.example.com`);
  }
  return origins;
}

/** As a browser sends it; the characters are those that need no care in a quoted parameter or a template. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z\d.-]+(:\d+)?$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function userPoolArn(context: Context): string | undefined {
  const arn = context.text('userPoolArn');
  if (arn !== undefined && !/^arn:[a-z\d-]+:cognito-idp:[a-z\d-]+:\d{12}:userpool\/[\w-]+$/.test(arn)) {
    context.problem('userPoolArn', `is '${arn}', not the ARN of a user pool`);
  }
  return arn;
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
function serviceDomainPrefix(context: Context, localCloud: boolean): string | undefined {
  const given = context.text('serviceDomainPrefix');
  if (context.text('userPoolArn') !== undefined) {
    if (given !== undefined) context.problem('serviceDomainPrefix', 'is given beside userPoolArn, whose domain is its own');
    return undefined;
  }
  const prefix = given ?? (localCloud ? 'recommendations-local' : undefined);
  if (prefix !== undefined && (!/^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/.test(prefix) || /aws|amazon|cognito/.test(prefix))) {
    const rule = 'not 1 to 63 of a-z, 0-9 and -, without aws, amazon and cognito';
    context.problem('serviceDomainPrefix', `is '${prefix}', ${rule}`);
  }
  return prefix;
}

function waf(context: Context, localCloud: boolean): boolean {
  const given = context.flag('waf');
  if (given && localCloud) context.problem('waf', 'is true, but the local cloud has no firewall');
  return given;
}
