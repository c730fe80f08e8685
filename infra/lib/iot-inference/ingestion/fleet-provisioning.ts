import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as iot from 'aws-cdk-lib/aws-iot';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { ownService } from './own-service.ts';

export interface FleetProvisioningProps {
  /** What a provisioned device may do. */
  readonly devicePolicyName: string;
  /** A function that knows which devices may be provisioned. Without one the template is there, and disabled. */
  readonly preProvisioningHookArn: string | undefined;
}

/**
 * How a device that leaves the factory with a claim certificate gets one of its own: a thing of its name, the certificate
 * active and attached, under the device policy.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html
 *
 * Whoever holds a claim certificate chooses the name. Only the hook can tell a new device from one that takes the name of
 * another: hence no enabled template without it.
 */
export class FleetProvisioning extends Construct {
  readonly templateName: string;
  readonly claimPolicyName: string;

  constructor(scope: Construct, id: string, props: FleetProvisioningProps) {
    super(scope, id);
    const role = this.createRole(props.devicePolicyName);
    const hook = props.preProvisioningHookArn;
    const template = new iot.CfnProvisioningTemplate(this, 'Template', {
      description: 'A device with a claim certificate gets a certificate and a thing of its own',
      enabled: hook !== undefined,
      provisioningRoleArn: role.roleArn,
      templateBody: Stack.of(this).toJsonString(body(props.devicePolicyName)),
      templateType: 'FLEET_PROVISIONING',
      ...(hook === undefined ? {} : { preProvisioningHook: { targetArn: hook, payloadVersion: '2020-04-01' } }),
    });
    // AWS IoT tries the role when the template is created.
    template.node.addDependency(role);
    if (hook !== undefined) template.node.addDependency(this.letAwsIotInvoke(hook));
    this.templateName = template.ref;
    this.claimPolicyName = this.createClaimPolicy().ref;
  }

  /** https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
  private letAwsIotInvoke(functionName: string): lambda.CfnPermission {
    return new lambda.CfnPermission(this, 'HookPermission', {
      action: 'lambda:InvokeFunction',
      functionName,
      principal: 'iot.amazonaws.com',
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }

  /** Of AWSIoTThingsRegistration, what this template does, on things, certificates and the one policy. */
  private createRole(devicePolicyName: string): iam.Role {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'iot', resource, resourceName });
    const [things, certificates] = [arn('thing', '*'), arn('cert', '*')];
    const role = new iam.Role(this, 'Role', { assumedBy: ownService(this, 'iot') });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['iot:CreateThing', 'iot:DescribeThing', 'iot:UpdateThing', 'iot:ListThingPrincipals'], [things]);
    allow(['iot:DescribeCertificate', 'iot:UpdateCertificate'], [certificates]);
    // The device's name is what is attached, and may be whatever kind of resource: AWS looks at the certificate alone.
    allow(['iot:AttachThingPrincipal', 'iot:AttachPolicy', 'iot:AttachPrincipalPolicy'], [certificates]);
    allow(['iot:GetPolicy'], [arn('policy', devicePolicyName)]);
    for (const kind of ['thing', 'cert']) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:${kind}/*]`,
        reason: 'Devices to come have no names yet; the account and the region are named.',
      });
    }
    return role;
  }

  /** What a claim certificate may do: ask for a certificate, and have this template applied to it. */
  private createClaimPolicy(): iot.CfnPolicy {
    const stack = Stack.of(this);
    const exchanges = ['$aws/certificates/create/json', `$aws/provisioning-templates/${this.templateName}/provision/json`];
    const answers = exchanges.flatMap((topic) => [`${topic}/accepted`, `${topic}/rejected`]);
    const arns = (resource: string, names: string[]) =>
      names.map((resourceName) => stack.formatArn({ service: 'iot', resource, resourceName }));
    const statement = (Action: string, Resource: string[]) => ({ Effect: 'Allow', Action, Resource });
    return new iot.CfnPolicy(this, 'ClaimPolicy', {
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          // A device that has no name yet connects under one that no device has: `device provision` makes it up so. With
          // any name, whoever has a claim could disconnect a device by taking its own.
          statement('iot:Connect', arns('client', ['provision-*'])),
          statement('iot:Publish', arns('topic', exchanges)),
          statement('iot:Receive', arns('topic', answers)),
          statement('iot:Subscribe', arns('topicfilter', answers)),
        ],
      },
    });
  }
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html */
function body(devicePolicyName: string): object {
  const certificateId = 'AWS::IoT::Certificate::Id';
  return {
    Parameters: { DeviceId: { Type: 'String' }, [certificateId]: { Type: 'String' } },
    Resources: {
      certificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: { CertificateId: { Ref: certificateId }, Status: 'Active' },
      },
      policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: devicePolicyName } },
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: { ThingName: { Ref: 'DeviceId' } },
        // A device that is provisioned anew keeps what is known of it.
        OverrideSettings: { AttributePayload: 'MERGE', ThingTypeName: 'DO_NOTHING', ThingGroups: 'DO_NOTHING' },
      },
    },
  };
}
