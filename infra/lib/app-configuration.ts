import * as path from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';

import type { Context } from './context.ts';

/** What every pattern's configuration has. */
export interface AppConfiguration {
  /** The stacks go to the local cloud, whose own driver runs the mappings. Context `localCloud`. */
  readonly localCloud: boolean;
  /** Holds a folder with a `bootstrap` for each function. Context `functionsDirectory`, relative to `infra/`. */
  readonly functionsDirectory: string;
  /** What the functions were built for. Context `architecture`: `arm64` or `x86_64`. */
  readonly architecture: lambda.Architecture;
  /** Hears of every alarm. Context `alarmTopicArn`. */
  readonly alarmTopicArn: string | undefined;
}

const INFRA = path.resolve(import.meta.dirname, '..');

/** Reads what every pattern has. */
export function readAppConfiguration(context: Context): AppConfiguration {
  const localCloud = context.flag('localCloud');
  return {
    localCloud,
    functionsDirectory: path.resolve(INFRA, context.text('functionsDirectory') ?? '../target/lambda'),
    architecture: architecture(context, localCloud),
    alarmTopicArn: context.text('alarmTopicArn'),
  };
}

/** On AWS ARM64, which costs less for the same work. Locally the functions run on this machine. */
function architecture(context: Context, localCloud: boolean): lambda.Architecture {
  const here = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const name = context.text('architecture') ?? (localCloud ? here : 'arm64');
  if (name === 'x86_64') return lambda.Architecture.X86_64;
  if (name !== 'arm64') context.problem('architecture', `is '${name}', not arm64 or x86_64`);
  return lambda.Architecture.ARM_64;
}
