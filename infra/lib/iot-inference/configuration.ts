import type { Node } from 'constructs';

import { type AppConfiguration, readAppConfiguration } from '../app-configuration.ts';
import { Context } from '../context.ts';
import { ARCHIVE_SOURCES, type ArchiveSource } from './archive/archive-source.ts';

/** What differs between deployments of IoT inference, read once from the CDK context (`-c name=value`). */
export interface IotInferenceConfiguration extends AppConfiguration {
  /** Who brings readings from the stream into the archive: our function, or Firehose itself. Context `archiveSource`. */
  readonly archiveSource: ArchiveSource;
  /** How many days the history keeps a reading. Context `historyDays`. */
  readonly historyDays: number;
  /** A Cognito user pool that is there already; without it the stack makes one. Context `iotUserPoolArn`. */
  readonly userPoolArn: string | undefined;
  /** Knows which devices may be provisioned. Context `preProvisioningHookArn`. */
  readonly preProvisioningHookArn: string | undefined;
  /** The asset model, and both ways to and from AWS IoT SiteWise. Context `siteWise`. */
  readonly siteWise: boolean;
  /** Where everything answers, on the local cloud alone. Context `localEndpoint`. */
  readonly localEndpoint: string | undefined;
}

/** What `sensor-state-writer` takes as HISTORY_DAYS. */
const HISTORY_DAYS = { default: 30, most: 36_500 };

/** Reads the context, and throws one error that lists everything wrong with it. */
export function readIotInferenceConfiguration(node: Node): IotInferenceConfiguration {
  const context = new Context(node);
  const app = readAppConfiguration(context);
  const configuration: IotInferenceConfiguration = {
    ...app,
    archiveSource: archiveSource(context),
    historyDays: historyDays(context),
    userPoolArn: arn(context, 'iotUserPoolArn', /^arn:[\w-]+:cognito-idp:[\w-]+:\d{12}:userpool\/[\w-]+$/, 'a user pool'),
    preProvisioningHookArn: arn(
      context,
      'preProvisioningHookArn',
      /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
      'a function',
    ),
    siteWise: siteWise(context, app.localCloud),
    localEndpoint: localEndpoint(context, app.localCloud),
  };
  context.throwProblems();
  return configuration;
}

function archiveSource(context: Context): ArchiveSource {
  const given = context.text('archiveSource') ?? 'writer';
  const source = ARCHIVE_SOURCES.find((known) => known === given);
  if (source === undefined) context.problem('archiveSource', `is '${given}', not ${ARCHIVE_SOURCES.join(' or ')}`);
  return source ?? 'writer';
}

function historyDays(context: Context): number {
  const days = context.count('historyDays') ?? HISTORY_DAYS.default;
  if (days > HISTORY_DAYS.most) context.problem('historyDays', `is '${days}', not 1 to ${HISTORY_DAYS.most}`);
  return days;
}

function arn(context: Context, name: string, pattern: RegExp, what: string): string | undefined {
  const given = context.text(name);
  if (given !== undefined && !pattern.test(given)) context.problem(name, `is '${given}', not the ARN of ${what}`);
  return given;
}

function siteWise(context: Context, localCloud: boolean): boolean {
  const given = context.flag('siteWise');
  if (given && localCloud) context.problem('siteWise', 'is true, but the local cloud has no AWS IoT SiteWise');
  return given;
}

function localEndpoint(context: Context, localCloud: boolean): string | undefined {
  const given = context.text('localEndpoint');
  if (localCloud && given === undefined) return context.missing('localEndpoint');
  if (!localCloud && given !== undefined) context.problem('localEndpoint', 'is given, but localCloud is not true');
  if (given !== undefined && !/^http:\/\/[\w.-]+:\d+$/.test(given)) {
    context.problem('localEndpoint', `is '${given}', not like http://127.0.0.1:4566`);
  }
  return given;
}
