import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elsewhere } from './elsewhere.ts';
import { resources, synthesised } from './synthesised.ts';

const nat = { network: 'nat' } as const;
const all = [synthesised(), synthesised(elsewhere), synthesised(nat)];

test('nothing in the network listens, but endpoints of AWS to tasks', () => {
  for (const template of all) {
    for (const [id, { Properties }] of resources(template, 'AWS::EC2::SecurityGroup'))
      assert.equal(Properties['SecurityGroupIngress'], undefined, id);
    for (const [id, { Properties }] of resources(template, 'AWS::EC2::SecurityGroupIngress')) {
      assert.match(id, /^NetworkEndpoints/);
      assert.ok(Properties['SourceSecurityGroupId'], id);
    }
  }
});

test('tasks and the database call over TLS only', () => {
  for (const [id, { Properties }] of resources(synthesised(), 'AWS::EC2::SecurityGroup'))
    assert.deepEqual(
      (Properties['SecurityGroupEgress'] as { FromPort: number; ToPort: number }[]).map((one) => [
        one.FromPort,
        one.ToPort,
      ]),
      [[443, 443]],
      id,
    );
});

test('layers come from S3 without a toll, whatever the network', () => {
  for (const template of all)
    assert.equal(
      resources(template, 'AWS::EC2::VPCEndpoint').filter(([, one]) => one.Properties['VpcEndpointType'] === 'Gateway')
        .length,
      1,
    );
});

test('by default nothing in the network costs when nothing runs', () => {
  for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::EIP']) assert.deepEqual(resources(synthesised(), type), []);
  assert.equal(resources(synthesised(), 'AWS::EC2::VPCEndpoint').length, 1);
  assert.equal(resources(synthesised(nat), 'AWS::EC2::NatGateway').length, 2);
  assert.equal(resources(synthesised(elsewhere), 'AWS::EC2::InternetGateway').length, 0);
});

test('the subnets of the database, and those that two settings share, stay what they are when the setting changes', () => {
  const blocks = all.map((template) =>
    Object.fromEntries(
      resources(template, 'AWS::EC2::Subnet').map(([id, one]) => [id, one.Properties['CidrBlock'] as string]),
    ),
  );
  const merged: Record<string, string> = {};
  for (const block of blocks)
    for (const [id, cidr] of Object.entries(block)) assert.equal((merged[id] ??= cidr), cidr, id);
  assert.equal(Object.keys(merged).filter((id) => id.includes('Database')).length, 2);
  assert.equal(new Set(Object.values(merged)).size, Object.keys(merged).length, 'no two share addresses');
});
