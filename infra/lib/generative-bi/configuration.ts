import type { Node } from 'constructs';

import { type AppConfiguration, readAppConfiguration } from '../app-configuration.ts';
import { Context } from '../context.ts';
import { type DashboardConfiguration, readDashboardConfiguration } from './dashboard-configuration.ts';
import { isItemFilter, isListOfPaths } from './forwarder-rules.ts';
import { KEY } from './orders-key.ts';
import { ZONES } from './warehouse-network.ts';

/** How the table's changes come into the stream: by our function, or by DynamoDB itself. */
export type ChangeCapture = 'forwarder' | 'native';

/** What differs between deployments of generative BI, read once from the CDK context (`-c name=value`). */
export interface GenerativeBiConfiguration extends AppConfiguration {
  /** Context `changeCapture`: `forwarder` or `native`. */
  readonly changeCapture: ChangeCapture;
  /** Both ways are open at once, for as long as one takes over from the other. Context `cutOver`. */
  readonly cutOver: boolean;
  /** What the warehouse has at once, in RPUs. Context `redshiftBaseCapacity`. */
  readonly redshiftBaseCapacity: number;
  /** Where its network is; without it the first three zones of the region's list. Context `availabilityZones`. */
  readonly availabilityZones: readonly string[] | undefined;
  /** The database user of the dashboards, which sees the star and nothing else. Context `biUser`. */
  readonly biUser: string;
  /** Attributes that do not leave the table, as paths with commas between. Context `redactedAttributes`. */
  readonly redactedAttributes: string | undefined;
  /** Which items' changes are forwarded, as JSON of an attribute's name and its values. Context `forwardedItems`. */
  readonly forwardedItems: string | undefined;
  /** The dashboards in QuickSight; without them the stack `GenerativeBiDashboard` is not in the app. */
  readonly dashboard: DashboardConfiguration | undefined;
}

/** Reads the context. Every missing or bad value is reported at once, by name. */
export function readGenerativeBiConfiguration(node: Node): GenerativeBiConfiguration {
  const context = new Context(node);
  const app = readAppConfiguration(context);
  const configuration: GenerativeBiConfiguration = {
    ...app,
    changeCapture: changeCapture(context),
    cutOver: cutOver(context, app.localCloud),
    redshiftBaseCapacity: redshiftBaseCapacity(context),
    availabilityZones: availabilityZones(context),
    biUser: biUser(context, app.localCloud),
    redactedAttributes: redactedAttributes(context),
    forwardedItems: forwardedItems(context),
    dashboard: readDashboardConfiguration(context, app.localCloud),
  };
  context.throwProblems();
  return configuration;
}

function changeCapture(context: Context): ChangeCapture {
  const given = context.text('changeCapture') ?? 'forwarder';
  if (given === 'native') return 'native';
  if (given !== 'forwarder') context.problem('changeCapture', `is '${given}', not forwarder or native`);
  return 'forwarder';
}

function cutOver(context: Context, localCloud: boolean): boolean {
  const given = context.flag('cutOver');
  if (given && localCloud) context.problem('cutOver', 'is true, but the local cloud has one way of capture at a time');
  return given;
}

/**
 * 4 RPUs, 8 to 512 in steps of 8, or up to 1024 in steps of 32.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-capacity.html
 */
function redshiftBaseCapacity(context: Context): number {
  const units = context.count('redshiftBaseCapacity') ?? 8;
  const step = units > 512 ? 32 : 8;
  if (units !== 4 && (units % step !== 0 || units > 1024)) {
    context.problem('redshiftBaseCapacity', `is '${units}', not 4, 8 to 512 in steps of 8, or to 1024 in steps of 32`);
  }
  return units;
}

/** The name goes into SQL between quotes; the prefixes are those of users that IAM signs in. */
function biUser(context: Context, localCloud: boolean): string {
  const user = context.text('biUser') ?? (localCloud ? 'IAMR:quicksight' : 'quicksight');
  if (!/^(IAMR?:)?[A-Za-z][\w.@-]{0,100}$/.test(user)) {
    context.problem('biUser', `is '${user}', not a name of letters, digits, _, ., @ and -, with IAM: or IAMR: before it`);
  }
  return user;
}

/**
 * The zones of the warehouse's network, where not the first three of the region's list. Redshift Serverless wants three.
 * https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html
 */
function availabilityZones(context: Context): readonly string[] | undefined {
  const zones = context.text('availabilityZones')?.split(',').map((zone) => zone.trim());
  if (zones === undefined) return undefined;
  const named = zones.every((zone) => /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(zone));
  if (!named || zones.length !== ZONES || new Set(zones).size !== ZONES) {
    const rule = 'not three zones such as us-east-1a,us-east-1b,us-east-1c';
    context.problem('availabilityZones', `is '${zones.join(',')}', ${rule}`);
  }
  return zones;
}

/** What an item is known by cannot stay: without it the warehouse could not tell whose change it is. */
function redactedAttributes(context: Context): string | undefined {
  const given = forwarderOnly(context, 'redactedAttributes');
  if (given === undefined) return undefined;
  if (!isListOfPaths(given)) {
    context.problem('redactedAttributes', `is '${given}', not paths such as note,address.street with a name at every place`);
  }
  for (const key of given.split(',').map((path) => path.trim())) {
    if (KEY.includes(key)) context.problem('redactedAttributes', `has '${key}', which is of the table's key`);
  }
  return given;
}

function forwardedItems(context: Context): string | undefined {
  const items = context.jsonText('forwardedItems');
  forwarderOnly(context, 'forwardedItems');
  if (items !== undefined && !isItemFilter(items)) {
    const rule = 'names, each once and with a list of text, numbers, true, false or null';
    context.problem('forwardedItems', `is not a JSON object of ${rule}`);
  }
  return items;
}

/** DynamoDB's own capture knows neither filter nor redaction: asked for both, it must not quietly send everything. */
function forwarderOnly(context: Context, name: string): string | undefined {
  const given = context.text(name);
  const native = context.text('changeCapture') === 'native' || context.text('cutOver') === 'true';
  if (given !== undefined && native) {
    context.problem(name, 'is given, but DynamoDB sends every change whole when changeCapture is native, or cutOver true');
  }
  return given;
}
