import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEcrHost } from '#platform/aws/ecr-host.ts';

const hosts: readonly [string, string | null][] = [
  ['111122223333.dkr.ecr.us-east-1.amazonaws.com', 'us-east-1'],
  ['111122223333.DKR.ECR.US-EAST-1.amazonaws.com', 'us-east-1'],
  ['111122223333.dkr.ecr.us-east-1.amazonaws.com:443', 'us-east-1'],
  ['111122223333.dkr.ecr.ap-southeast-3.amazonaws.com', 'ap-southeast-3'],
  ['111122223333.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['111122223333.dkr.ecr.cn-northwest-1.amazonaws.com.cn', 'cn-northwest-1'],
  ['111122223333.dkr-ecr.eu-central-1.on.aws', 'eu-central-1'],
  ['111122223333.dkr-ecr-fips.us-east-2.on.aws', 'us-east-2'],
  ['111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn-north-1'],
  ['111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['111122223333.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ['docker.io', null],
  ['public.ecr.aws', null],
  ['11112222333.dkr.ecr.us-east-1.amazonaws.com', null],
  ['111122223333.dkr.ecr.us-east-1.amazonaws.com.evil.example', null],
  ['evil.example.111122223333.dkr.ecr.us-east-1.amazonaws.com', null],
  ['111122223333.dkr.ecr.us-east-1.amazonaws.com:8443', null],
  ['111122223333.dkr.ecr.us-east-1.evil.amazonaws.com', null],
  ['111122223333.dkr.ecr.us-east-1.amazonawsxcom', null],
  ['111122223333.dkr-ecr.us-east-1.amazonaws.com', null],
  ['111122223333.dkr.ecr.amazonaws.com', null],
  ['', null],
];

test('the hosts of ECR are known in all partitions, and no other host is taken for one', () => {
  for (const [host, region] of hosts)
    assert.deepEqual(parseEcrHost(host), region === null ? null : { account: '111122223333', region }, host);
});

test('a very long name is refused quickly', () => {
  assert.equal(parseEcrHost(`111122223333.dkr.ecr.${'aa-'.repeat(100_000)}1.amazonaws.com`), null);
});
