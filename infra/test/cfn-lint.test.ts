import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { before, describe, test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';

import { ApiGatewayAccountStack } from '../lib/api-gateway-account-stack.ts';
import {
  app,
  BARE,
  BI_LOCAL,
  BI_NATIVE,
  dashboards,
  generativeBi,
  INFRA,
  IOT_BARE,
  IOT_LOCAL,
  iotInference,
  ON_AWS,
  recommendations,
  templateFile,
} from './synthesis.ts';

describe('cfn-lint', () => {
  const onAws = templateFile(recommendations(ON_AWS));
  const bare = templateFile(recommendations(BARE));
  const account = templateFile(new ApiGatewayAccountStack(app({}), 'ApiGatewayAccount'));
  const onLocalCloud = templateFile(recommendations({ localCloud: 'true' }));
  const bi = [generativeBi(), generativeBi(BI_NATIVE), generativeBi({ ...BI_NATIVE, cutOver: 'true' })].map(templateFile);
  const biDashboard = templateFile(dashboards());
  const biOnLocalCloud = templateFile(generativeBi(BI_LOCAL));
  const iot = [iotInference(), iotInference(IOT_BARE)].map(templateFile);
  const iotOnLocalCloud = templateFile(iotInference(IOT_LOCAL));
  const careless = templateFile(carelessStack());
  let findings: Finding[];

  before(() => {
    findings = lint([onAws, bare, account, ...bi, biDashboard, ...iot, onLocalCloud, biOnLocalCloud, iotOnLocalCloud, careless]);
  });

  const on = (template: string) =>
    findings.filter(({ Filename }) => Filename === template).map(({ Rule, Message }) => `${Rule.Id} ${Message}`);

  test('has no finding on what goes to an account', () => {
    for (const template of [onAws, bare, account, ...bi, biDashboard, ...iot]) assert.deepEqual(on(template), []);
  });

  test('has no finding on what goes to the local cloud', () => {
    for (const template of [onLocalCloud, biOnLocalCloud, iotOnLocalCloud]) assert.deepEqual(on(template), []);
  });

  test('finds a property that does not exist', () => assert.match(on(careless).join('\n'), /^E3002 .*'Encryption'/));
});

function carelessStack(): Stack {
  const stack = new Stack(app({}), 'Careless');
  new s3.CfnBucket(stack, 'Bucket').addPropertyOverride('Encryption', 'yes');
  return stack;
}

interface Finding {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
}

/** Runs cfn-lint of `.venv`, or else of the path. Missing, it fails: a check that is skipped checks nothing. */
function lint(templates: string[]): Finding[] {
  const local = path.join(INFRA, '../.venv/bin/cfn-lint');
  const program = existsSync(local) ? local : 'cfn-lint';
  const { error, stdout, stderr } = spawnSync(program, ['--format', 'json', ...templates], { cwd: INFRA, encoding: 'utf8' });
  if (error !== undefined) assert.fail(`cfn-lint does not run (${error.message}): run scripts/setup`);
  assert.ok(stdout.startsWith('['), stdout + stderr);
  return JSON.parse(stdout);
}
