import { Stack } from 'aws-cdk-lib';
import * as iot from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';

/** The name of the thing that a connection's certificate is attached to, which must be its client id. */
const THING_NAME = '${iot:Connection.Thing.ThingName}';

/**
 * What a device may do: connect as itself, and publish readings under its own name. It reads nothing.
 * https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 *
 * Kinesis' partition key is the device that the topic names, and a reading of another device is rejected by who reads the
 * stream: so no device can write what another one measured.
 */
export class DevicePolicy extends Construct {
  readonly policyName: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const policy = new iot.CfnPolicy(this, 'Policy', { policyDocument: document(Stack.of(this)) });
    this.policyName = policy.ref;
  }
}

function document(stack: Stack): object {
  const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'iot', resource, resourceName });
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: arn('client', THING_NAME),
        // The certificate must be the thing's own. Without it any valid certificate could take any thing's name.
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      },
      {
        Effect: 'Allow',
        Action: 'iot:Publish',
        // A policy's asterisk also stands for further levels, of which the rule takes none.
        Resource: arn('topic', `telemetry/*/${THING_NAME}`),
      },
    ],
  };
}
