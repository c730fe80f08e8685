import * as path from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Node } from 'constructs';

/** What differs between deployments, read once from the CDK context (`-c name=value`). */
export interface Configuration {
  /** The stacks go to the local cloud, whose own driver runs the mappings. Context `localCloud`. */
  readonly localCloud: boolean;
  /** Holds a folder with a `bootstrap` for each function. Context `functionsDirectory`, relative to `infra/`. */
  readonly functionsDirectory: string;
  /** What the functions were built for. Context `architecture`: `arm64` or `x86_64`. */
  readonly architecture: lambda.Architecture;
  /** The tracking id of the Personalize event tracker. Context `trackingId`. */
  readonly trackingId: string;
  /** Where item records go; without it the function rejects them. Context `itemsDatasetArn`. */
  readonly itemsDatasetArn: string | undefined;
  /** Where user records go; without it the function rejects them. Context `usersDatasetArn`. */
  readonly usersDatasetArn: string | undefined;
  /** PutEvents calls per second that the dataset group may take in all. Context `putEventsPerSecondQuota`. */
  readonly putEventsPerSecondQuota: number;
  /** Hears of every alarm. Context `alarmTopicArn`. */
  readonly alarmTopicArn: string | undefined;
}

/**
 * The default quota of PutEvents for one dataset group, in calls per second. It can be raised.
 * https://docs.aws.amazon.com/personalize/latest/dg/limits.html
 */
export const DEFAULT_PUT_EVENTS_PER_SECOND = 1000;

const INFRA = path.resolve(import.meta.dirname, '..');

/** Reads the context. Every missing or bad value is reported at once, by name. */
export function readConfiguration(node: Node): Configuration {
  const context = new Context(node);
  const localCloud = context.flag('localCloud');
  const configuration: Configuration = {
    localCloud,
    functionsDirectory: path.resolve(INFRA, context.text('functionsDirectory') ?? '../target/lambda'),
    architecture: architecture(context, localCloud),
    trackingId: context.text('trackingId') ?? (localCloud ? LOCAL.trackingId : context.missing('trackingId')),
    itemsDatasetArn: context.text('itemsDatasetArn') ?? (localCloud ? LOCAL.itemsDatasetArn : undefined),
    usersDatasetArn: context.text('usersDatasetArn') ?? (localCloud ? LOCAL.usersDatasetArn : undefined),
    putEventsPerSecondQuota: context.positive('putEventsPerSecondQuota') ?? DEFAULT_PUT_EVENTS_PER_SECOND,
    alarmTopicArn: context.text('alarmTopicArn'),
  };
  context.throwProblems();
  return configuration;
}

/** What `crates/local/stand-ins` has: one dataset group with its tracker and two datasets. */
const LOCAL = {
  trackingId: '00000000-0000-4000-8000-000000000000',
  itemsDatasetArn: 'arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/ITEMS',
  usersDatasetArn: 'arn:aws:personalize:us-east-1:000000000000:dataset/recommendations/USERS',
};

/** On AWS ARM64, which costs less for the same work. Locally the functions run on this machine. */
function architecture(context: Context, localCloud: boolean): lambda.Architecture {
  const here = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const name = context.text('architecture') ?? (localCloud ? here : 'arm64');
  if (name === 'x86_64') return lambda.Architecture.X86_64;
  if (name !== 'arm64') context.problem('architecture', `is '${name}', not arm64 or x86_64`);
  return lambda.Architecture.ARM_64;
}

/** Context values, which are text when they come from the command line, and what is wrong with them. */
class Context {
  private readonly problems: string[] = [];

  constructor(private readonly node: Node) {}

  text(name: string): string | undefined {
    const value: unknown = this.node.tryGetContext(name);
    return value === undefined || value === '' ? undefined : String(value);
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false';
    if (value !== 'true' && value !== 'false') this.problem(name, `is '${value}', not true or false`);
    return value === 'true';
  }

  positive(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isFinite(number) || number <= 0) this.problem(name, `is '${value}', not a number above 0`);
    return number;
  }

  missing(name: string): string {
    this.problem(name, `is missing: pass -c ${name}=…`);
    return '';
  }

  problem(name: string, what: string): void {
    this.problems.push(`context ${name} ${what}`);
  }

  throwProblems(): void {
    if (this.problems.length > 0) throw new Error(this.problems.join('\n'));
  }
}
