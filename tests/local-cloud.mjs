// What scripts on a local cloud share: what is deployed on it, and calls to it.
import { readFileSync } from 'node:fs';

/** The outputs of the deployed stack. */
export function stackOutputs() {
  return JSON.parse(readFileSync(process.env.STACK_OUTPUTS, 'utf8')).Recommendations;
}

/** The header that tells the endpoint which service is called. Nobody checks the signature. */
export function signedFor(service) {
  const scope = `Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return { authorization: `AWS4-HMAC-SHA256 ${scope}` };
}

/** The JSON that a call is answered with. */
export async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
