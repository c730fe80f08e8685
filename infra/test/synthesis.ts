import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { readConfiguration } from '../lib/configuration.ts';
import { GenerativeBiDashboardStack } from '../lib/generative-bi-dashboard-stack.ts';
import { GenerativeBiStack } from '../lib/generative-bi-stack.ts';
import { readGenerativeBiConfiguration } from '../lib/generative-bi/configuration.ts';
import { IotInferenceStack } from '../lib/iot-inference-stack.ts';
import { readIotInferenceConfiguration } from '../lib/iot-inference/configuration.ts';
import { RecommendationsStack } from '../lib/recommendations-stack.ts';

export const INFRA = path.resolve(import.meta.dirname, '..');

const TEMPORARY = mkdtempSync(path.join(tmpdir(), 'infra-'));
process.on('exit', () => rmSync(TEMPORARY, { recursive: true, force: true }));

/** The context that every synthesis has, as the CLI passes it. */
export const CDK_JSON_CONTEXT: Record<string, unknown> = JSON.parse(
  readFileSync(path.join(INFRA, 'cdk.json'), 'utf8'),
).context;

/** An ARN of Personalize in the account of the tests. */
export const personalize = (resource: string) => `arn:aws:personalize:us-east-1:111122223333:${resource}`;

/** What an account is given; every value is set, so that every resource is there. */
export const ON_AWS = {
  trackingId: 'tracking-id',
  itemsDatasetArn: personalize('dataset/shop/ITEMS'),
  usersDatasetArn: personalize('dataset/shop/USERS'),
  arms: JSON.stringify([
    { name: 'control', weight: 90, sourceArn: personalize('campaign/control') },
    { name: 'challenger', weight: 10, sourceArn: personalize('recommender/challenger') },
  ]),
  relatedSourceArn: personalize('campaign/related'),
  rankingCampaignArn: personalize('campaign/ranking'),
  popularSourceArn: personalize('campaign/popular'),
  filters: JSON.stringify({ unseen: personalize('filter/unseen') }),
  promotions: JSON.stringify({ featured: personalize('filter/featured') }),
  allowedOrigins: 'https://shop.example.com,https://www.example.com',
  serviceDomainPrefix: 'shop-example',
  waf: 'true',
  alarmTopicArn: 'arn:aws:sns:us-east-1:111122223333:alarms',
};

/** As little as an account may be given. */
export const BARE = { trackingId: 'tracking-id', campaignArn: personalize('campaign/only') };

/** Every function of the app. */
const FUNCTIONS = [
  'put-events-forwarder',
  'session-authorizer',
  'recommendation-api',
  'dynamodb-stream-forwarder',
  'warehouse-migrator',
  'warehouse-monitor',
  'sensor-state-writer',
  'firehose-writer',
];

/** A folder as the build leaves it, with scripts, which run on any processor, as the functions. */
export function builtFunctions(): string {
  const directory = temporaryDirectory();
  for (const name of FUNCTIONS) addFunction(directory, name, '#!/bin/sh\n');
  return directory;
}

/** Puts another bootstrap in place of one of them. */
export function replaceFunction(directory: string, name: string, bootstrap: string | Buffer): void {
  writeFileSync(path.join(directory, name, 'bootstrap'), bootstrap, { mode: 0o755 });
}

/** A folder as the build leaves it, with `bootstrap` (by default a script) as the one function. */
export function builtFunction(name: string, bootstrap: string | Buffer = '#!/bin/sh\n'): string {
  const directory = temporaryDirectory();
  addFunction(directory, name, bootstrap);
  return directory;
}

function addFunction(directory: string, name: string, bootstrap: string | Buffer): void {
  mkdirSync(path.join(directory, name));
  replaceFunction(directory, name, bootstrap);
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
  const root = app({ functionsDirectory: builtFunctions(), ...context });
  return new RecommendationsStack(root, 'Recommendations', readConfiguration(root.node));
}

/** What generative BI may be given; every value is set, so that every resource is there. */
export const BI_ON_AWS = {
  changeCapture: 'forwarder',
  redshiftBaseCapacity: '16',
  biUser: 'dashboards',
  redactedAttributes: 'note',
  forwardedItems: JSON.stringify({ channel: ['web', 'store'] }),
  alarmTopicArn: ON_AWS.alarmTopicArn,
  quickSightAdmin: 'arn:aws:quicksight:us-east-1:111122223333:user/default/admin',
  quickSightPrincipals: 'arn:aws:quicksight:us-east-1:111122223333:group/default/sales',
  biSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:dashboards-a1b2c3',
  rowLevelSecurity: 'true',
  regionRules: JSON.stringify({
    'arn:aws:quicksight:us-east-1:111122223333:user/default/admin': ['*'],
    'arn:aws:quicksight:us-east-1:111122223333:group/default/sales': ['Europe', 'Asia'],
  }),
  sensorAggregates: 'true',
};

/** The same, where DynamoDB captures the changes itself. */
export const BI_NATIVE = { changeCapture: 'native', alarmTopicArn: ON_AWS.alarmTopicArn };

/** As the local cloud passes it. */
export const BI_LOCAL = { localCloud: 'true', changeCapture: 'forwarder' };

/** The stack of generative BI under a context. */
export function generativeBi(context: Record<string, unknown> = BI_ON_AWS): GenerativeBiStack {
  const root = app({ functionsDirectory: builtFunctions(), ...context });
  return new GenerativeBiStack(root, 'GenerativeBi', readGenerativeBiConfiguration(root.node));
}

/** The stack of its dashboards under a context. */
export function dashboards(context: Record<string, unknown> = BI_ON_AWS): GenerativeBiDashboardStack {
  const warehouse = generativeBi(context);
  const { dashboard } = readGenerativeBiConfiguration(warehouse.node);
  assert.ok(dashboard !== undefined);
  return new GenerativeBiDashboardStack(warehouse.node.root as App, 'GenerativeBiDashboard', { warehouse, dashboard });
}

/** What IoT inference may be given; every value is set, so that every resource is there. */
export const IOT_ON_AWS = {
  pattern: 'iot-inference',
  archiveSource: 'writer',
  historyDays: '90',
  siteWise: 'true',
  preProvisioningHookArn: 'arn:aws:lambda:us-east-1:111122223333:function:known-devices',
  alarmTopicArn: ON_AWS.alarmTopicArn,
};

/** As little as an account may be given, and Firehose at the stream itself. */
export const IOT_BARE = {
  pattern: 'iot-inference',
  archiveSource: 'stream',
  iotUserPoolArn: 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_AbCdEfGhI',
};

/** As the local cloud passes it. */
export const IOT_LOCAL = { pattern: 'iot-inference', localCloud: 'true', localEndpoint: 'http://127.0.0.1:4566' };

/** The stack of IoT inference under a context. */
export function iotInference(context: Record<string, unknown> = IOT_ON_AWS): IotInferenceStack {
  const root = app({ functionsDirectory: builtFunctions(), ...context });
  return new IotInferenceStack(root, 'IotInference', readIotInferenceConfiguration(root.node));
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

  /** The function of a crate. */
  lambda(name: string): Resource {
    const [found, ...others] = this.ofType('AWS::Lambda::Function').filter(
      ({ Properties }) => Properties['Environment']?.Variables.SERVICE_NAME === name,
    );
    assert.ok(found !== undefined && others.length === 0, `one function ${name} is expected`);
    return found;
  }

  /** The policies that are attached to a role. */
  policiesOf(role: Resource): Resource[] {
    return this.ofType('AWS::IAM::Policy').filter(({ Properties }) =>
      Properties['Roles'].some((reference: any) => this.behind(reference) === role),
    );
  }

  /** What the role of a function may do. */
  permissionsOf(name: string): Statement[] {
    const role = this.behind(this.lambda(name).Properties['Role']);
    return this.policiesOf(role).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement.map(statement));
  }

  /** The REST API whose name ends so. */
  api(name: string): Api {
    const [found, ...others] = this.ofType('AWS::ApiGateway::RestApi').filter(({ Properties }) =>
      Properties['Name'].endsWith(`-${name}`),
    );
    assert.ok(found !== undefined && others.length === 0, `one API ${name} is expected`);
    return new Api(this, found);
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

/** A REST API and what belongs to it. */
export class Api {
  /** The properties of each method, by route such as `POST /sessions`. */
  readonly routes: Readonly<Record<string, Record<string, any>>>;

  constructor(private readonly template: Synthesised, readonly restApi: Resource) {
    const methods = this.parts('AWS::ApiGateway::Method');
    this.routes = Object.fromEntries(
      methods.map(({ Properties }) => [`${Properties['HttpMethod']} ${this.path(Properties['ResourceId'])}`, Properties]),
    );
  }

  /** The routes without OPTIONS. */
  get called(): Record<string, Record<string, any>> {
    return Object.fromEntries(Object.entries(this.routes).filter(([route]) => !route.startsWith('OPTIONS ')));
  }

  get stage(): Record<string, any> {
    const [stage, ...others] = this.parts('AWS::ApiGateway::Stage');
    assert.ok(stage !== undefined && others.length === 0, 'one stage is expected');
    return stage.Properties;
  }

  /** The gateway response of a type. */
  answer(type: string): Record<string, any> {
    const answers = this.parts('AWS::ApiGateway::GatewayResponse');
    const found = answers.find(({ Properties }) => Properties['ResponseType'] === type);
    assert.ok(found !== undefined, `a gateway response for ${type} is expected`);
    return found.Properties;
  }

  /** What belongs to the API, of a type. */
  parts(type: string): Resource[] {
    return this.template
      .ofType(type)
      .filter(({ Properties }) => this.template.behind(Properties['RestApiId']) === this.restApi);
  }

  private path(reference: any): string {
    const resource = this.template.behind(reference);
    if (resource === this.restApi) return '';
    return `${this.path(resource.Properties['ParentId'])}/${resource.Properties['PathPart']}`;
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
