import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';

import { ApiGatewayAccountStack } from '../lib/api-gateway-account-stack.ts';
import { app, BARE, BI_NATIVE, dashboards, generativeBi, IOT_BARE, iotInference, recommendations } from './synthesis.ts';

describe('cdk-nag (AwsSolutions)', () => {
  test('has no finding that is not answered with a reason', () => {
    assert.deepEqual(findings(recommendations()), []);
    assert.deepEqual(findings(recommendations(BARE)), []);
    assert.deepEqual(findings(new ApiGatewayAccountStack(app({}), 'ApiGatewayAccount')), []);
  });

  test('has none on generative BI in either mode of capture, nor on its dashboards', () => {
    assert.deepEqual(findings(generativeBi()), []);
    assert.deepEqual(findings(generativeBi(BI_NATIVE)), []);
    assert.deepEqual(findings(dashboards()), []);
  });

  test('has none on IoT inference, whoever fills the archive', () => {
    assert.deepEqual(findings(iotInference()), []);
    assert.deepEqual(findings(iotInference(IOT_BARE)), []);
  });

  test('finds a bucket that is open to requests without TLS', () => {
    const stack = new Stack(app({}), 'Careless');
    new s3.Bucket(stack, 'Bucket');
    assert.ok(findings(stack).some((finding) => finding.startsWith('AwsSolutions-S10 ')));
  });
});

/** What cdk-nag finds in a stack, as `rule resource`. */
function findings(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ resourceLogicalId }) => `${ruleName} ${resourceLogicalId}`),
  );
}
