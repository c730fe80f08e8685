import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

const DATA_API = 'https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html';
const EC2 = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html';

/**
 * The IAM actions that take no resource, so that a statement must say `*`, each with the page that says so.
 * A test holds every role of the app to this list.
 */
export const ACTIONS_WITHOUT_RESOURCE: Readonly<Record<string, string>> = {
  'ec2:DescribeSecurityGroups': EC2,
  'ec2:DescribeSubnets': EC2,
  'kinesis:ListStreams': 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesis.html',
  'personalize:PutEvents': 'https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html',
  'redshift-data:DescribeStatement': DATA_API,
  'redshift-data:GetStatementResult': DATA_API,
};

/** Lets `role` call actions that take no resource. Nothing else may write `*` as a resource. */
export function grantWithoutResource(role: iam.Role, actions: string | readonly string[], conditions?: iam.Conditions): void {
  const named = [actions].flat();
  const references = named.map(reference);
  role.addToPolicy(
    new iam.PolicyStatement({ actions: named, resources: ['*'], ...(conditions === undefined ? {} : { conditions }) }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: `No resource can be named for ${named.join(', ')}: ${[...new Set(references)].join(', ')}`,
  });
}

function reference(action: string): string {
  const page = ACTIONS_WITHOUT_RESOURCE[action];
  if (page === undefined) throw new Error(`${action} is not known to take no resource: name its resource`);
  return page;
}
