import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import { CrossOrigin } from '../lib/constructs/cross-origin.ts';
import { INFRA, ON_AWS, recommendations, Synthesised } from './synthesis.ts';

const several = new Synthesised(recommendations());
const single = new Synthesised(recommendations({ ...ON_AWS, allowedOrigins: 'https://shop.example.com' }));
const any = new Synthesised(recommendations({ ...ON_AWS, allowedOrigins: '*' }));

/** The parameters of a preflight's answer, by header. */
function preflight(template: Synthesised, name: string, path: string): Record<string, string> {
  const [answer] = template.api(name).routes[`OPTIONS ${path}`]?.['Integration'].IntegrationResponses;
  const prefix = 'method.response.header.';
  return Object.fromEntries(
    Object.entries<string>(answer.ResponseParameters).map(([header, value]) => [header.slice(prefix.length), value]),
  );
}

describe('the preflight', () => {
  test('is there for every route, needs neither token nor key, and allows the route’s method', () => {
    for (const name of ['collector', 'recommendation-api']) {
      const { routes, called } = several.api(name);
      for (const route of Object.keys(called)) {
        const [httpMethod, path = ''] = route.split(' ');
        assert.equal(routes[`OPTIONS ${path}`]?.['AuthorizationType'], 'NONE', path);
        assert.equal(routes[`OPTIONS ${path}`]?.['ApiKeyRequired'], false, path);
        assert.equal(preflight(several, name, path)['Access-Control-Allow-Methods'], `'${httpMethod}'`, path);
      }
    }
  });

  test('lets a page send its token, its type, and the tag of what it has', () => {
    const { 'Access-Control-Allow-Headers': headers } = preflight(several, 'recommendation-api', '/recommendations');
    assert.equal(headers, "'Authorization,Content-Type,If-None-Match'");
  });

  test('answers with the caller’s origin if that is one of several', () => {
    const headers = preflight(several, 'collector', '/interactions');
    assert.equal(headers['Access-Control-Allow-Origin'], "'https://shop.example.com'");
    assert.equal(headers['Vary'], "'Origin'");
    const [answer] = several.api('collector').routes['OPTIONS /interactions']?.['Integration'].IntegrationResponses;
    const compared = answer.ResponseTemplates['application/json'].match(/"https:[^"]*"/g);
    assert.deepEqual(compared, ['"https://www.example.com"']);
  });

  test('answers with the one origin, or with any', () => {
    const allowed = [single, any].map((template) => preflight(template, 'collector', '/interactions'));
    assert.deepEqual(allowed.map((headers) => headers['Access-Control-Allow-Origin']), ["'https://shop.example.com'", "'*'"]);
  });
});

describe('an answer', () => {
  for (const [origins, template] of Object.entries({ several, single, any })) {
    test(`can be read from everywhere, with ${origins}: the preflight has decided`, () => {
      for (const name of ['collector', 'recommendation-api']) {
        const parameters = template.api(name).answer('UNAUTHORIZED')['ResponseParameters'];
        assert.equal(parameters['gatewayresponse.header.Access-Control-Allow-Origin'], "'*'");
      }
    });
  }

  test('has no such header without an origin', () => assert.deepEqual(new CrossOrigin([]).answerHeaders(), {}));

  test('shows the headers that the function shows, and the credential that is wanted', () => {
    const response = path.join(INFRA, '../crates/recommendations/recommendation-api/src/response.rs');
    const shown = /ACCESS_CONTROL_EXPOSE_HEADERS,\s*"([^"]*)"/.exec(readFileSync(response, 'utf8'))?.[1];
    const headers = new CrossOrigin(['*']).answerHeaders()['Access-Control-Expose-Headers']?.split(',');
    assert.ok(shown !== undefined);
    for (const header of shown.split(/,\s*/)) assert.ok(headers?.includes(header), header);
    assert.ok(headers?.includes('WWW-Authenticate'));
  });
});
