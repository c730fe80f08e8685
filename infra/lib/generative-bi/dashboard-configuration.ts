import type { Context } from '../context.ts';

/** Who sees the orders in QuickSight, and how it signs in at the warehouse. */
export interface DashboardConfiguration {
  /** Owns everything in QuickSight: the ARN of a user or group. Context `quickSightAdmin`. */
  readonly admin: string;
  /** See the dashboard and ask the topic: ARNs of users or groups. Context `quickSightPrincipals`. */
  readonly principals: readonly string[];
  /** Holds the name and password of the database user `biUser`. Context `biSecretArn`. */
  readonly biSecretArn: string;
  /** Who sees which regions; without it all see all. Context `rowLevelSecurity` and `regionRules`. */
  readonly regionRules: RegionRules | undefined;
  /** The readings of the IoT pattern are in the warehouse too. Context `sensorAggregates`. */
  readonly sensorAggregates: boolean;
}

/** The regions of each user or group, by ARN; `*` is all of them. Whoever is not named sees nothing. */
export type RegionRules = Readonly<Record<string, readonly string[]>>;

/** Reads the dashboards' part of the context; none without an owner, and none on the local cloud. */
export function readDashboardConfiguration(context: Context, localCloud: boolean): DashboardConfiguration | undefined {
  const admin = context.text('quickSightAdmin');
  if (admin === undefined) {
    refuseWithoutAdmin(context);
    return undefined;
  }
  if (localCloud) context.problem('quickSightAdmin', 'is given, but the local cloud has no QuickSight');
  return {
    admin: principal(context, 'quickSightAdmin', admin),
    principals: principals(context).filter((other) => other !== admin),
    biSecretArn: biSecretArn(context),
    regionRules: regionRules(context),
    sensorAggregates: context.flag('sensorAggregates'),
  };
}

function refuseWithoutAdmin(context: Context): void {
  for (const name of ['quickSightPrincipals', 'biSecretArn', 'rowLevelSecurity', 'regionRules', 'sensorAggregates']) {
    if (context.text(name) !== undefined) context.problem(name, 'is given without quickSightAdmin');
  }
}

function principals(context: Context): readonly string[] {
  const text = context.text('quickSightPrincipals') ?? '';
  const arns = text.split(',').map((arn) => arn.trim()).filter((arn) => arn !== '');
  for (const arn of arns) principal(context, 'quickSightPrincipals', arn);
  return [...new Set(arns)];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonquicksight.html */
const PRINCIPAL = /^arn:[a-z\d-]+:quicksight:[a-z\d-]+:\d{12}:(user|group)\/[\w-]+\/[^\s'",]+$/;

function principal(context: Context, name: string, arn: string): string {
  if (!PRINCIPAL.test(arn)) context.problem(name, `has '${arn}', not the ARN of a user or group of QuickSight`);
  return arn;
}

function biSecretArn(context: Context): string {
  const arn = context.text('biSecretArn') ?? context.missing('biSecretArn');
  if (arn !== '' && !/^arn:[a-z\d-]+:secretsmanager:[a-z\d-]+:\d{12}:secret:.+$/.test(arn)) {
    context.problem('biSecretArn', `is '${arn}', not the ARN of a secret`);
  }
  return arn;
}

function regionRules(context: Context): RegionRules | undefined {
  const given = context.json('regionRules');
  if (!context.flag('rowLevelSecurity')) {
    if (given !== undefined) context.problem('regionRules', 'is given, but rowLevelSecurity is not true');
    return undefined;
  }
  if (given === undefined) {
    if (context.text('regionRules') === undefined) context.missing('regionRules');
    return undefined;
  }
  return checkRules(context, given);
}

function checkRules(context: Context, given: unknown): RegionRules {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    context.problem('regionRules', 'is not a JSON object of ARNs and lists of regions');
    return {};
  }
  for (const [arn, regions] of Object.entries(given)) {
    principal(context, 'regionRules', arn);
    const known = Array.isArray(regions) && regions.length > 0 && regions.every(isRegion);
    if (!known) context.problem(`regionRules.${arn}`, 'is not a list of regions without comma and quote, or ["*"]');
    else if (regions.includes('*') && regions.length > 1) context.problem(`regionRules.${arn}`, 'has * beside other regions');
  }
  return given as RegionRules;
}

/** A rule holds its values with commas between, and stands in SQL between quotes. */
function isRegion(region: unknown): boolean {
  return typeof region === 'string' && /^[^,'"\\]{1,100}$/.test(region);
}
