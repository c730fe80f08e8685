import type { Context } from './context.ts';
import { STAND_IN } from './stand-in.ts';

/** What the recommendation API asks Personalize for: names of ours, and the ARNs behind them. */
export interface RecommendationSources {
  /** The arms of `GET /recommendations`, 1 to 10. Context `arms`, or `campaignArn` for one arm called `default`. */
  readonly arms: readonly Arm[];
  /** Answers `GET /items/{id}/related`; without it the answer is 404. Context `relatedSourceArn`. */
  readonly relatedSourceArn: string | undefined;
  /** Answers `POST /rankings`; without it the answer is 404. Context `rankingCampaignArn`. */
  readonly rankingCampaignArn: string | undefined;
  /** What is popular, for when Personalize does not answer in time. Context `popularSourceArn`. */
  readonly popularSourceArn: string | undefined;
  /** The filters that a caller may name. Context `filters`. */
  readonly filters: Readonly<Record<string, string>>;
  /** The filters of promotions that a caller may name. Context `promotions`. */
  readonly promotions: Readonly<Record<string, string>>;
}

/** One arm of an experiment: its share of the users is its weight over the sum of all. */
export interface Arm {
  readonly name: string;
  /** 0 to 1,000,000. */
  readonly weight: number;
  /** A campaign or a recommender. */
  readonly sourceArn: string;
}

/** As many arms, and as high a weight, as `recommendation-api` takes. */
export const MAXIMUM_ARMS = 10;
export const MAXIMUM_WEIGHT = 1_000_000;

/** Reads the sources; on the local cloud what is not given is the stand-in's. */
export function readSources(context: Context, localCloud: boolean): RecommendationSources {
  const standIn = localCloud ? STAND_IN.sources : undefined;
  return {
    arms: readArms(context, standIn?.arms),
    relatedSourceArn: arn(context, 'relatedSourceArn', SOURCE) ?? standIn?.relatedSourceArn,
    rankingCampaignArn: arn(context, 'rankingCampaignArn', CAMPAIGN) ?? standIn?.rankingCampaignArn,
    popularSourceArn: arn(context, 'popularSourceArn', SOURCE) ?? standIn?.popularSourceArn,
    filters: namedFilters(context, 'filters') ?? standIn?.filters ?? {},
    promotions: namedFilters(context, 'promotions') ?? standIn?.promotions ?? {},
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html */
interface Kind {
  readonly pattern: RegExp;
  readonly text: string;
}

const CAMPAIGN = kind('the ARN of a campaign', 'campaign');
const SOURCE = kind('the ARN of a campaign or a recommender', 'campaign|recommender');
const FILTER = kind('the ARN of a filter', 'filter');

function kind(text: string, types: string): Kind {
  return { text, pattern: new RegExp(`^arn:[a-z\\d-]+:personalize:[a-z\\d-]+:\\d{12}:(${types})/[\\w-]+$`) };
}

/** A name of ours in a query, in metrics and in answers. */
const NAME = /^[A-Za-z\d][A-Za-z\d_-]{0,62}$/;

function readArms(context: Context, standIn: readonly Arm[] | undefined): readonly Arm[] {
  const campaignArn = arn(context, 'campaignArn', SOURCE);
  const given = context.json('arms');
  if (given !== undefined && campaignArn !== undefined) context.problem('arms', 'is given beside campaignArn: pass one');
  if (given !== undefined) return checkArms(context, given);
  if (campaignArn !== undefined) return [{ name: 'default', weight: 1, sourceArn: campaignArn }];
  if (standIn !== undefined) return standIn;
  const neither = context.text('arms') === undefined;
  if (neither) context.problem('campaignArn', 'is missing: pass -c campaignArn=…, or -c arms=…');
  return [];
}

function checkArms(context: Context, given: unknown): readonly Arm[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > MAXIMUM_ARMS) {
    context.problem('arms', `is not a list of 1 to ${MAXIMUM_ARMS} arms`);
    return [];
  }
  const arms = given.map((arm, index) => checkArm(arm ?? {}, (what) => context.problem(`arms[${index}]`, what)));
  const names = arms.map(({ name }) => name);
  if (new Set(names).size < names.length) context.problem('arms', 'has two arms of one name');
  if (arms.every(({ weight }) => weight === 0)) context.problem('arms', 'has no arm with a weight above 0');
  return arms;
}

function checkArm({ name, weight, sourceArn }: Record<keyof Arm, unknown>, problem: (what: string) => void): Arm {
  if (!isText(name, NAME)) problem('has no name of 1 to 63 letters, digits, - and _');
  if (!Number.isInteger(weight) || Number(weight) < 0 || Number(weight) > MAXIMUM_WEIGHT) {
    problem(`has no weight from 0 to ${MAXIMUM_WEIGHT}`);
  }
  if (!isText(sourceArn, SOURCE.pattern)) problem(`has no sourceArn that is ${SOURCE.text}`);
  return { name: String(name), weight: Number(weight), sourceArn: String(sourceArn) };
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function namedFilters(context: Context, name: string): Readonly<Record<string, string>> | undefined {
  const given = context.json(name);
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    context.problem(name, 'is not a JSON object of names and ARNs');
    return undefined;
  }
  for (const [filter, value] of Object.entries(given)) {
    if (!NAME.test(filter)) context.problem(name, `has '${filter}', not a name of 1 to 63 letters, digits, - and _`);
    if (!isText(value, FILTER.pattern)) context.problem(`${name}.${filter}`, `is not ${FILTER.text}`);
  }
  return given as Record<string, string>;
}

function arn(context: Context, name: string, { pattern, text }: Kind): string | undefined {
  const value = context.text(name);
  if (value !== undefined && !pattern.test(value)) context.problem(name, `is '${value}', not ${text}`);
  return value;
}
