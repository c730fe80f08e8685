// Holds the running recommendation API against its OpenAPI description, with good and bad input made by schemathesis.
// Run on a local cloud by `scripts/test openapi`.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

import { json, signedFor, stackOutputs } from '../local-cloud.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DESCRIPTION = path.join(ROOT, 'crates/recommendations/recommendation-api/openapi.yaml');
/** Where this run's files go. */
const FOLDER = path.dirname(process.env.STACK_OUTPUTS);

/** An unknown path or method is answered by API Gateway itself, with 403: not in the description, and not to be. */
const LEFT_OUT = 'unsupported_method';

const endpoint = process.env.AWS_ENDPOINT_URL;
const { recommendationApiUrl } = await json(`${endpoint}/_storefront/config.json`);
const { token } = await json(new URL('sessions', recommendationApiUrl), { method: 'POST' });
const outputs = stackOutputs();

const api = bundled();
const bad = written('openapi.json', api);
const good = written('openapi-of-this-deployment.json', ofThisDeployment(api));

const member = await accessToken();
for (const [mode, description] of [['positive', good], ['negative', bad]]) {
  check(mode, description, token, ['--exclude-path', '/sessions/member']);
  check(mode, description, member, ['--include-path', '/sessions/member']);
}

/** Holds the API to a description with the routes that `bearer` is for. A failure ends it all. */
function check(mode, description, bearer, routes) {
  console.log(`\n${mode} input, ${routes.join(' ')}`);
  const { status } = spawnSync(
    path.join(ROOT, '.venv/bin/schemathesis'),
    ['run', description, '--url', recommendationApiUrl, '--header', `Authorization: Bearer ${bearer}`, ...routes,
      '--mode', mode, '--phases', 'examples,coverage,fuzzing', '--checks', 'all', '--exclude-checks', LEFT_OUT, '--max-examples', '40',
      '--generation-deterministic', '--no-color'],
    // Away from the checkout: it leaves files where it runs.
    { stdio: 'inherit', cwd: FOLDER },
  );
  if (status !== 0) process.exit(status ?? 1);
}

function written(name, description) {
  const file = path.join(FOLDER, name);
  writeFileSync(file, JSON.stringify(description));
  return file;
}

/** The description as JSON. */
function bundled() {
  const file = path.join(FOLDER, 'openapi-bundled.json');
  const redocly = path.join(ROOT, 'tests/node_modules/.bin/redocly');
  const { status, stderr } = spawnSync(redocly, ['bundle', DESCRIPTION, '--output', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * The description of what this deployment accepts, with what only a deployment knows: the names of its filters, promotions and columns. What OpenAPI
 * cannot say, that one parameter needs another beside it, is left to the API's own tests: such parameters are not sent.
 */
function ofThisDeployment(described) {
  const api = structuredClone(described);
  const { schemas, parameters } = api.components;
  schemas.FilterName.enum = ['unseen'];
  schemas.PromotionName.enum = ['featured'];
  schemas.Columns.items = { enum: ['GENRE'] };
  parameters.numResults.schema.maximum = 50;
  const dependent = new Set(['filterParameter', 'promotionPercent'].map((name) => `#/components/parameters/${name}`));
  for (const methods of Object.values(api.paths)) {
    for (const operation of Object.values(methods)) {
      operation.parameters = operation.parameters?.filter(({ $ref }) => !dependent.has($ref));
    }
  }
  const exchange = api.paths['/sessions/member'].post.requestBody.content['application/json'].schema;
  exchange.properties.token.enum = [token];
  delete schemas.Ranking.properties.filterValues;
  delete schemas.Ranking.dependentRequired;
  return api;
}

/** Signs somebody up and in. */
async function accessToken() {
  const user = { UserPoolId: outputs.UserPoolId, Username: `${randomUUID()}@example.com` };
  const password = 'Correct-Horse-7-Battery';
  await cognito('AdminCreateUser', { ...user, MessageAction: 'SUPPRESS' });
  await cognito('AdminSetUserPassword', { ...user, Password: password, Permanent: true });
  const { AuthenticationResult } = await cognito('InitiateAuth', {
    ClientId: outputs.UserPoolClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: user.Username, PASSWORD: password },
  });
  return AuthenticationResult.AccessToken;
}

function cognito(operation, body) {
  return json(endpoint, {
    method: 'POST',
    headers: {
      ...signedFor('cognito-idp'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
}
