import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * The IAM actions that take no resource, so that a statement must say `*`, each with the page that says so.
 * A test holds every role of the app to this list.
 */
export const ACTIONS_WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'personalize:PutEvents': 'https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html',
};

/** Lets `role` call an action that takes no resource. Nothing else may write `*` as a resource. */
export function grantWithoutResource(role: iam.Role, action: string): void {
  const reference = ACTIONS_WITHOUT_RESOURCE[action];
  if (reference === undefined) throw new Error(`${action} is not known to take no resource: name its resource`);
  role.addToPolicy(new iam.PolicyStatement({ actions: [action], resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: `${action} takes no resource: ${reference}`,
  });
}
