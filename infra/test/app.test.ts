import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import {
  BI_LOCAL,
  BI_ON_AWS,
  builtFunctions,
  CDK_JSON_CONTEXT,
  INFRA,
  IOT_LOCAL,
  IOT_ON_AWS,
  ON_AWS,
  temporaryDirectory,
} from './synthesis.ts';

describe('the app, run as the CLI runs it', () => {
  test('makes the template of each pattern', () => {
    const { status, output, directory } = run({ ...ON_AWS, functionsDirectory: builtFunctions() });
    assert.equal(status, 0, output);
    assert.ok(existsSync(path.join(directory, 'Recommendations.template.json')));
    assert.ok(existsSync(path.join(directory, 'ApiGatewayAccount.template.json')));
  });

  test('touches no setting of the account on the local cloud', () => {
    const { status, output, directory } = run({ localCloud: 'true', functionsDirectory: builtFunctions() });
    assert.equal(status, 0, output);
    assert.ok(!existsSync(path.join(directory, 'ApiGatewayAccount.template.json')));
  });

  test('makes generative BI where its context is given, and asks for nothing of Personalize', () => {
    const { status, output, directory } = run({ ...BI_ON_AWS, functionsDirectory: builtFunctions() });
    assert.equal(status, 0, output);
    assert.deepEqual(templates(directory), ['GenerativeBi', 'GenerativeBiDashboard']);
  });

  test('makes generative BI as the local cloud asks for it, without the dashboards', () => {
    const { status, output, directory } = run({ ...BI_LOCAL, functionsDirectory: builtFunctions() });
    assert.equal(status, 0, output);
    assert.deepEqual(templates(directory), ['GenerativeBi']);
  });

  test('makes IoT inference, on AWS and on the local cloud', () => {
    for (const context of [IOT_ON_AWS, IOT_LOCAL]) {
      const { status, output, directory } = run({ ...context, functionsDirectory: builtFunctions() });
      assert.equal(status, 0, output);
      assert.deepEqual(templates(directory), ['IotInference']);
    }
  });

  test('makes the patterns that are named', () => {
    const pattern = 'recommendations,generative-bi';
    const { status, output, directory } = run({ ...ON_AWS, pattern, functionsDirectory: builtFunctions() });
    assert.equal(status, 0, output);
    assert.deepEqual(templates(directory), ['ApiGatewayAccount', 'GenerativeBi', 'Recommendations']);
  });

  test('says which patterns there are', () => {
    const { status, output } = run({ pattern: 'recommendation' });
    assert.notEqual(status, 0);
    assert.match(output, /context pattern has 'recommendation', not one of recommendations, generative-bi, iot-inference/);
  });

  test('says which context is missing', () => {
    const { status, output } = run({ functionsDirectory: builtFunctions() });
    assert.notEqual(status, 0);
    assert.match(output, /context trackingId is missing: pass -c trackingId=…/);
  });
});

/** The stacks whose templates are in a folder. */
function templates(directory: string): string[] {
  const suffix = '.template.json';
  return readdirSync(directory).filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length)).sort();
}

function run(context: Record<string, unknown>) {
  const directory = temporaryDirectory();
  const CDK_CONTEXT_JSON = JSON.stringify({ ...CDK_JSON_CONTEXT, ...context });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/kinesis-ai-patterns.ts'], {
    cwd: INFRA,
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr, directory };
}
