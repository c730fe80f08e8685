// Holds the running recommendation API against its OpenAPI description, with good and bad input made by schemathesis.
// Run on a local cloud by `scripts/test openapi`.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DESCRIPTION = path.join(ROOT, 'crates/recommendations/recommendation-api/openapi.yaml');

/** An unknown path or method is answered by API Gateway itself, with 403: not in the description, and not to be. */
const LEFT_OUT = 'unsupported_method';

const endpoint = process.env.AWS_ENDPOINT_URL;
const { recommendationApiUrl } = await json(`${endpoint}/_storefront/config.json`);
const { token } = await json(new URL('sessions', recommendationApiUrl), { method: 'POST' });
const outputs = JSON.parse(readFileSync(process.env.STACK_OUTPUTS, 'utf8')).Recommendations;

const runs = [
  ['the routes of a session', token, ['--exclude-path', '/sessions/member']],
  ['the exchange of a member’s token', await accessToken(), ['--include-path', '/sessions/member']],
];
for (const [what, bearer, paths] of runs) {
  console.log(`\n${what}`);
  const { status } = spawnSync(
    path.join(ROOT, '.venv/bin/schemathesis'),
    ['run', DESCRIPTION, '--url', recommendationApiUrl, '--header', `Authorization: Bearer ${bearer}`, ...paths,
      '--checks', 'all', '--exclude-checks', LEFT_OUT, '--max-examples', '40', '--seed', '7',
      '--generation-deterministic', '--generation-database', 'none', '--no-color'],
    // Away from the checkout: it leaves files where it runs.
    { stdio: 'inherit', cwd: path.dirname(process.env.STACK_OUTPUTS) },
  );
  if (status !== 0) process.exit(status ?? 1);
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
  const scope = 'Credential=test/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0';
  return json(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope}`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
}

async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
