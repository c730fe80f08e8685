import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { generativeBi, type Resource, Synthesised } from './synthesis.ts';

const template = new Synthesised(generativeBi());
const workgroup = template.only('AWS::RedshiftServerless::Workgroup').Properties;
const namespace = template.only('AWS::RedshiftServerless::Namespace').Properties;
const groups = template.ofType('AWS::EC2::SecurityGroup');

function group(description: string): Resource {
  const found = groups.find(({ Properties }) => Properties['GroupDescription'] === description);
  assert.ok(found !== undefined, description);
  return found;
}

const WAREHOUSE = group('The warehouse');
const DASHBOARDS = group('Those who draw dashboards of the warehouse');
const KINESIS = group('The endpoint of Kinesis');

/** Who is let into a security group, and at which ports. */
function intoGroup(wanted: Resource): unknown[] {
  return template
    .ofType('AWS::EC2::SecurityGroupIngress')
    .filter(({ Properties }) => template.behind(Properties['GroupId']) === wanted)
    .map(({ Properties }) => [
      template.behind(Properties['SourceSecurityGroupId']).Properties['GroupDescription'],
      Properties['FromPort'],
      Properties['ToPort'],
    ]);
}

describe('the warehouse', () => {
  test('has the names of the contract, and the capacity of the context', () => {
    assert.equal(workgroup['WorkgroupName'], 'generative-bi');
    assert.equal(namespace['NamespaceName'], 'generative-bi');
    assert.equal(namespace['DbName'], 'analytics');
    assert.equal(workgroup['BaseCapacity'], 16);
  });

  test('is reached from nowhere but its network, and only encrypted', () => {
    assert.equal(workgroup['PubliclyAccessible'], false);
    assert.deepEqual(workgroup['ConfigParameters'][0], { ParameterKey: 'require_ssl', ParameterValue: 'true' });
  });

  test('reads the stream through its network', () => assert.equal(workgroup['EnhancedVpcRouting'], true));

  test('is encrypted with the pattern’s key, its administrator’s password too', () => {
    assert.equal(template.behind(namespace['KmsKeyId']).Type, 'AWS::KMS::Key');
    assert.equal(template.behind(namespace['AdminPasswordSecretKmsKeyId']).Type, 'AWS::KMS::Key');
  });

  test('has a password that nobody chose', () => {
    assert.equal(namespace['ManageAdminPassword'], true);
    assert.equal(namespace['AdminUserPassword'], undefined);
  });

  test('logs who signs in and what is asked', () => {
    assert.deepEqual(namespace['LogExports'], ['userlog', 'connectionlog', 'useractivitylog']);
  });

  test('leaves a snapshot behind for 30 days, under a name that the next stack’s does not have', () => {
    const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
    assert.deepEqual(namespace['FinalSnapshotName'], { 'Fn::Join': ['', ['generative-bi-final-', uuid]] });
    assert.equal(namespace['FinalSnapshotRetentionPeriod'], 30);
  });
});

describe('the warehouse’s network', () => {
  const subnets = template.ofType('AWS::EC2::Subnet');

  const zones = (of: Synthesised) => of.ofType('AWS::EC2::Subnet').map(({ Properties }) => Properties['AvailabilityZone']);

  test('has subnets in three zones, which Redshift Serverless demands, each large enough for 1,024 RPUs', () => {
    assert.deepEqual(zones(template), [0, 1, 2].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })));
    for (const { Properties } of subnets) assert.ok(Properties['CidrBlock'].endsWith('/23'), Properties['CidrBlock']);
    assert.deepEqual(workgroup['SubnetIds'].map((reference: any) => template.behind(reference)), subnets);
  });

  test('is in the zones that are named', () => {
    const availabilityZones = 'us-east-1a,us-east-1c,us-east-1d';
    assert.deepEqual(zones(new Synthesised(generativeBi({ availabilityZones }))), availabilityZones.split(','));
  });

  test('has no way to the internet, nor from it', () => {
    for (const type of ['AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::Route', 'AWS::EC2::EIP']) {
      assert.deepEqual(template.ofType(type), [], type);
    }
    for (const { Properties } of subnets) assert.equal(Properties['MapPublicIpOnLaunch'], false);
  });

  test('has an endpoint of Kinesis, which the warehouse alone may use', () => {
    const { ServiceName, VpcEndpointType, SecurityGroupIds } = template.only('AWS::EC2::VPCEndpoint').Properties;
    assert.ok(JSON.stringify(ServiceName).includes('.kinesis-streams'));
    assert.equal(VpcEndpointType, 'Interface');
    assert.deepEqual(SecurityGroupIds.map((reference: any) => template.behind(reference)), [KINESIS]);
    assert.deepEqual(intoGroup(KINESIS), [['The warehouse', 443, 443]]);
  });

  test('lets dashboards in at the database’s port, and nobody else', () => {
    assert.deepEqual(intoGroup(WAREHOUSE), [['Those who draw dashboards of the warehouse', 5439, 5439]]);
    assert.deepEqual(workgroup['SecurityGroupIds'].map((reference: any) => template.behind(reference)), [WAREHOUSE]);
    assert.equal(workgroup['Port'], 5439);
  });

  test('lets answers come back to QuickSight, whose interfaces know no connections', () => {
    assert.deepEqual(intoGroup(DASHBOARDS), [['The warehouse', 0, 65535]]);
  });

  test('opens no group to addresses', () => {
    const rules = template.ofType('AWS::EC2::SecurityGroupEgress').map(({ Properties }) => Properties);
    for (const wanted of groups) {
      assert.equal(wanted.Properties['SecurityGroupIngress'], undefined);
      // EC2 lets everything out of a group without a rule; a rule to an address that is none is the CDK's way to say nothing.
      const out = rules.filter(({ GroupId }) => template.behind(GroupId) === wanted);
      if (out.length === 0) assert.equal(wanted.Properties['SecurityGroupEgress'][0].CidrIp, '255.255.255.255/32');
      for (const { DestinationSecurityGroupId, CidrIp } of out) {
        assert.ok(DestinationSecurityGroupId !== undefined && CidrIp === undefined);
      }
    }
  });

  test('logs its flows, encrypted', () => {
    const { LogGroupName, TrafficType } = template.only('AWS::EC2::FlowLog').Properties;
    assert.equal(TrafficType, 'ALL');
    assert.equal(template.behind(template.behind(LogGroupName).Properties['KmsKeyId']).Type, 'AWS::KMS::Key');
  });
});

describe('the ingestion role', () => {
  const role = template.behind(template.outputs['IngestionRoleArn']?.Value);
  const statements = template.policiesOf(role).flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);

  test('is the warehouse’s', () => {
    assert.deepEqual(namespace['IamRoles'].map((reference: any) => template.behind(reference)), [role]);
    const [trust] = role.Properties['AssumeRolePolicyDocument'].Statement;
    assert.deepEqual(trust.Principal.Service, ['redshift-serverless.amazonaws.com', 'redshift.amazonaws.com']);
  });

  test('reads this stream, sees the names of others, and decrypts', () => {
    const stream = { 'Fn::GetAtt': [template.idOf(template.only('AWS::Kinesis::Stream')), 'Arn'] };
    const key = { 'Fn::GetAtt': [template.idOf(template.only('AWS::KMS::Key')), 'Arn'] };
    assert.deepEqual(
      statements.map(({ Action, Resource }: any) => [Action, Resource]),
      [
        [
          [
            'kinesis:DescribeStream',
            'kinesis:DescribeStreamSummary',
            'kinesis:GetRecords',
            'kinesis:GetShardIterator',
            'kinesis:ListShards',
          ],
          stream,
        ],
        ['kms:Decrypt', key],
        ['kinesis:ListStreams', '*'],
      ],
    );
  });
});

describe('the administrator’s secret', () => {
  test('is looked up in the namespace, by a call that may ask for nothing else', () => {
    const lookup = template.only('Custom::AdminSecret').Properties;
    const call = JSON.stringify(lookup['Update']);
    assert.ok(call.includes('getNamespace') && call.includes('namespace.adminPasswordSecretArn'));
    const id = template.idOf(template.only('AWS::RedshiftServerless::Namespace'));
    const arn = { 'Fn::GetAtt': [id, 'Namespace.NamespaceArn'] };
    assert.deepEqual(template.allowedOn('redshift-serverless:GetNamespace'), [arn]);
  });
});
