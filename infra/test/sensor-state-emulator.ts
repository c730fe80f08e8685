import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import * as path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

import type { App, Stack } from 'aws-cdk-lib';

import { INFRA, temporaryDirectory } from './synthesis.ts';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const START_DEADLINE_MILLIS = 60_000;

/** The emulator of the local cloud, on a port of its own. */
export class Emulator {
  private constructor(readonly endpoint: string, private readonly process: ChildProcess) {}

  static async start(): Promise<Emulator> {
    const program = path.join(INFRA, '../.venv/bin/ministack');
    assert.ok(existsSync(program), 'ministack is missing: run scripts/setup');
    const port = await freePort();
    const home = temporaryDirectory();
    const child = spawn(program, [], { cwd: home, env: emulatorEnvironment(port, home), stdio: 'ignore' });
    const emulator = new Emulator(`http://127.0.0.1:${port}`, child);
    await emulator.ready();
    return emulator;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || !this.process.kill('SIGTERM')) return;
    await once(this.process, 'exit');
  }

  /** Deploys a stack as the local cloud does, and returns its outputs. */
  async deploy(stack: Stack): Promise<Record<string, string>> {
    await this.bootstrap();
    const { directory } = (stack.node.root as App).synth();
    const outputs = path.join(temporaryDirectory(), 'outputs.json');
    const arguments_ = ['deploy', stack.stackName, '--app', directory, '--outputs-file', outputs, '--method=direct'];
    const cdk = await run(path.join(INFRA, 'node_modules/.bin/cdk'), [...arguments_, '--require-approval=never'], {
      ...process.env,
      ...cliEnvironment(this.endpoint),
    });
    assert.equal(cdk.status, 0, cdk.output);
    return JSON.parse(readFileSync(outputs, 'utf8'))[stack.stackName];
  }

  /** Calls a JSON API: DynamoDB, Systems Manager. */
  async call(service: string, target: string, body: object): Promise<any> {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      headers: { ...signature(service), 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
      body: JSON.stringify(body),
    });
    const answer = await response.text();
    assert.ok(response.ok, `${target}: ${answer}`);
    return JSON.parse(answer);
  }

  /** All that a deployment needs of `cdk bootstrap`. */
  private async bootstrap(): Promise<void> {
    const bucket = `${this.endpoint}/cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
    assert.ok((await fetch(bucket, { method: 'PUT', headers: signature('s3') })).ok);
    const version = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' };
    await this.call('ssm', 'AmazonSSM.PutParameter', version);
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MILLIS;
    while (Date.now() < deadline && this.process.exitCode === null) {
      const response = await fetch(`${this.endpoint}/_ministack/ready`).catch(() => undefined);
      if (response?.ok) return;
      await after(100);
    }
    await this.stop();
    assert.fail('ministack does not start');
  }
}

/** Headers of a request that names its service; the emulator checks no signature. */
export function signature(service: string): Record<string, string> {
  const credential = `test/20260101/${REGION}/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0` };
}

/** As `crates/local/local-cloud/src/emulator.rs`, without state that outlives it. */
function emulatorEnvironment(port: number, home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...cliEnvironment(`http://127.0.0.1:${port}`),
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    STATE_DIR: path.join(home, 'services'),
    S3_DATA_DIR: path.join(home, 's3'),
    TMPDIR: home,
    DOCKER_HOST: 'unix:///nonexistent',
  };
}

function cliEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_HOME: temporaryDirectory(),
    NODE_NO_WARNINGS: '1',
    NO_PROXY: '127.0.0.1,localhost',
  };
}

/** Runs a program to its end. */
async function run(program: string, arguments_: string[], env: NodeJS.ProcessEnv): Promise<{ status: number; output: string }> {
  const child = spawn(program, arguments_, { cwd: temporaryDirectory(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [status] = await once(child, 'close');
  return { status, output };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
