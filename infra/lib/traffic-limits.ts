import type { Context } from './context.ts';

/** How much the APIs take, so that a flood costs little and leaves the members their share. */
export interface TrafficLimits {
  /** Requests per second, and at once, that each method takes. Context `requestsPerSecond`. */
  readonly requestsPerSecond: number;
  /** New sessions of visitors per second, and at once: the one route without a token. Context `sessionsPerSecond`. */
  readonly sessionsPerSecond: number;
  /** What all visitors together may do on both APIs. Context `visitorRequestsPerSecond`, `visitorRequestsPerDay`. */
  readonly visitors: ClassLimits;
  /** What all members together may do on both APIs. Context `memberRequestsPerSecond`, `memberRequestsPerDay`. */
  readonly members: ClassLimits;
  /** Requests of one address in five minutes, from which the firewall refuses it. Context `requestsPerAddress`. */
  readonly requestsPerAddress: number;
}

/** What one class of callers may do. */
export interface ClassLimits {
  readonly requestsPerSecond: number;
  readonly requestsPerDay: number;
}

/**
 * Requests per second of a method: what Personalize answers for one campaign before AWS raises its quota.
 * https://docs.aws.amazon.com/personalize/latest/dg/limits.html
 */
export const DEFAULT_REQUESTS_PER_SECOND = 500;

/** Reads the limits from the context. */
export function readTrafficLimits(context: Context): TrafficLimits {
  return {
    requestsPerSecond: context.count('requestsPerSecond') ?? DEFAULT_REQUESTS_PER_SECOND,
    sessionsPerSecond: context.count('sessionsPerSecond') ?? 50,
    // Anybody can become a visitor: all of them together stay below what a method takes, so that members find room.
    visitors: {
      requestsPerSecond: context.count('visitorRequestsPerSecond') ?? 300,
      requestsPerDay: context.count('visitorRequestsPerDay') ?? 10_000_000,
    },
    members: {
      requestsPerSecond: context.count('memberRequestsPerSecond') ?? 800,
      requestsPerDay: context.count('memberRequestsPerDay') ?? 20_000_000,
    },
    requestsPerAddress: context.count('requestsPerAddress') ?? 5000,
  };
}
