import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { readConfiguration } from '../lib/configuration.ts';
import { RecommendationsStack } from '../lib/recommendations-stack.ts';

export const INFRA = path.resolve(import.meta.dirname, '..');

const TEMPORARY = mkdtempSync(path.join(tmpdir(), 'infra-'));
process.on('exit', () => rmSync(TEMPORARY, { recursive: true, force: true }));

/** The context that every synthesis has, as the CLI passes it. */
export const CDK_JSON_CONTEXT: Record<string, unknown> = JSON.parse(
  readFileSync(path.join(INFRA, 'cdk.json'), 'utf8'),
).context;

/** What an account is given; every value is set, so that every resource is there. */
export const ON_AWS = {
  trackingId: 'tracking-id',
  itemsDatasetArn: 'arn:aws:personalize:us-east-1:111122223333:dataset/shop/ITEMS',
  usersDatasetArn: 'arn:aws:personalize:us-east-1:111122223333:dataset/shop/USERS',
  alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms',
};

/** A folder as the build leaves it, with `bootstrap` (by default a script, which runs on any processor) as the function. */
export function builtFunction(name = 'put-events-forwarder', bootstrap: string | Buffer = '#!/bin/sh\n'): string {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, name));
  writeFileSync(path.join(directory, name, 'bootstrap'), bootstrap, { mode: 0o755 });
  return directory;
}

/** An app with the context of `cdk.json` and of the command line. */
export function app(context: Record<string, unknown>): App {
  return new App({
    builtinCloudFormationValidation: false,
    context: { ...CDK_JSON_CONTEXT, ...context },
    outdir: temporaryDirectory(),
  });
}

/** A folder that is gone when the tests end. */
export function temporaryDirectory(): string {
  return mkdtempSync(path.join(TEMPORARY, 'test-'));
}

/** The recommendations stack under a context. */
export function recommendations(context: Record<string, unknown> = ON_AWS): RecommendationsStack {
  const root = app({ functionsDirectory: builtFunction(), ...context });
  return new RecommendationsStack(root, 'Recommendations', readConfiguration(root.node));
}

/** Synthesises the app of a stack and returns the path of the stack's template. */
export function templateFile(stack: Stack): string {
  return (stack.node.root as App).synth().getStackByName(stack.stackName).templateFullPath;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string[];
}

/** A synthesised template, asked by type or by what refers to a resource. */
export class Synthesised {
  readonly resources: Record<string, Resource>;
  readonly outputs: Record<string, { Value: any }>;

  constructor(stack: Stack) {
    const template = Template.fromStack(stack).toJSON();
    this.resources = template.Resources;
    this.outputs = template.Outputs ?? {};
  }

  ofType(type: string): Resource[] {
    return Object.values(this.resources).filter((resource) => resource.Type === type);
  }

  /** The one resource of a type. */
  only(type: string): Resource {
    const [first, ...others] = this.ofType(type);
    assert.ok(first !== undefined && others.length === 0, `one ${type} is expected`);
    return first;
  }

  /** What a `Ref` or `Fn::GetAtt` leads to. */
  behind(reference: any): Resource {
    const id = reference?.Ref ?? reference?.['Fn::GetAtt']?.[0];
    const resource = this.resources[id];
    assert.ok(resource !== undefined, `${JSON.stringify(reference)} refers to no resource`);
    return resource;
  }

  /** The logical id of a resource. */
  idOf(resource: Resource): string {
    const entry = Object.entries(this.resources).find(([, candidate]) => candidate === resource);
    assert.ok(entry !== undefined);
    return entry[0];
  }

  /** Every statement of every policy that gives a role permissions. */
  permissions(): Statement[] {
    const attached = this.ofType('AWS::IAM::Policy').map((policy) => policy.Properties['PolicyDocument']);
    const inline = this.ofType('AWS::IAM::Role').flatMap((role) =>
      (role.Properties['Policies'] ?? []).map((policy: any) => policy.PolicyDocument),
    );
    return [...attached, ...inline].flatMap((document) => document.Statement).map(statement);
  }

  /** The resources on which `action` is allowed. */
  allowedOn(action: string): any[] {
    return this.permissions()
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources);
  }
}

export interface Statement {
  readonly actions: string[];
  readonly resources: any[];
}

function statement({ Effect, Action, Resource }: any): Statement {
  assert.equal(Effect, 'Allow');
  return { actions: [Action].flat(), resources: [Resource].flat() };
}
