import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A service on behalf of this account alone, so that nobody else's resource can have it use the role.
 * https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html
 */
export function ownService(scope: Construct, service: string): iam.IPrincipal {
  const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  return new iam.ServicePrincipal(`${service}.amazonaws.com`, { conditions });
}
