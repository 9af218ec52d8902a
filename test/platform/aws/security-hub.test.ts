import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { securityHub } from '#platform/aws/security-hub.ts';
import type { HubFinding } from '#platform/finding-hub.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeSecurityHub } from '#test/fakes/security-hub.ts';
import { awsTestClient } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';

const accountId = '000000000000';

const finding: HubFinding = {
  id: 'sha256:aa/CVE-2026-1/openssl',
  title: 'CVE-2026-1 in openssl',
  description: 'A buffer is read beyond its end.',
  severity: 'high',
  active: true,
  firstSeenAt: Date.UTC(2026, 0, 1),
  updatedAt: Date.UTC(2026, 0, 2),
  image: {
    id: 'arn:aws:ecr:eu-central-1:000000000000:repository/a',
    digest: 'sha256:aa',
    repository: 'a',
    tags: ['1'],
    architecture: 'amd64',
  },
  vulnerability: 'CVE-2026-1',
  packages: [
    { name: 'openssl', version: '3.0.1-r0', fixedIn: '3.0.1-r1' },
    { name: 'libssl', version: '3.0.1-r0', fixedIn: null },
  ],
  urls: ['https://example.org/CVE-2026-1'],
};

test('a finding is brought in with what it is, where it is and what mends it, and archived when it is over', async () => {
  await using store = await open();
  const { hub, fake } = store;
  assert.deepEqual(await hub.bringIn([finding]), []);
  const there = fake.findings.get(`plimsoll/${finding.id}`)!;
  assert.equal(there.RecordState, 'ACTIVE');
  assert.deepEqual(there['Severity'], { Label: 'HIGH' });
  assert.deepEqual(there['Vulnerabilities'], [
    {
      Id: 'CVE-2026-1',
      VulnerablePackages: [
        { Name: 'openssl', Version: '3.0.1-r0', FixedInVersion: '3.0.1-r1' },
        { Name: 'libssl', Version: '3.0.1-r0' },
      ],
      FixAvailable: 'PARTIAL',
      ReferenceUrls: ['https://example.org/CVE-2026-1'],
    },
  ]);
  await hub.bringIn([{ ...finding, active: false }]);
  assert.equal(fake.findings.get(`plimsoll/${finding.id}`)!.RecordState, 'ARCHIVED');
});

test('findings of any number and size fit: a hundred at once, texts and lists cut', async () => {
  await using store = await open();
  const { hub, fake } = store;
  const huge: HubFinding = {
    ...finding,
    title: 'ü'.repeat(5_000),
    description: '',
    packages: Array.from({ length: 5_000 }, () => ({
      name: '日'.repeat(900),
      version: 'v'.repeat(900),
      fixedIn: 'f'.repeat(900),
    })),
    urls: Array.from({ length: 500 }, () => `https://example.org/${'x'.repeat(3_000)}`),
  };
  const all = Array.from({ length: 250 }, (_, i) => ({ ...(i % 2 === 0 ? huge : finding), id: `f${i}` }));
  assert.deepEqual(await hub.bringIn(all), []);
  assert.equal(fake.findings.size, 250);
  assert.ok(fake.calls.length >= 3 && fake.calls.every((count) => count <= 100), String(fake.calls));
  assert.deepEqual(await hub.bringIn([]), []);
});

test('findings that the hub refuses are told by id, the others are there', async () => {
  await using store = await open();
  const { hub, fake } = store;
  const refused = await hub.bringIn([{ ...finding, id: 'x'.repeat(600) }, finding]);
  assert.deepEqual(refused, [{ id: 'x'.repeat(600), why: 'InvalidInput: Id or GeneratorId has another length' }]);
  assert.equal(fake.findings.size, 1);
});

test('failures of the hub are waited out, and told by what they mean when they do not end', async () => {
  await using store = await open();
  const { hub, fake } = store;
  fake.failNext(new AwsError('InternalException', 'Internal server error', 500));
  await hub.bringIn([finding]);
  fake.failNext(new AwsError('InternalException', 'Internal server error', 500), 3);
  await assert.rejects(hub.bringIn([finding]), isFault('network/unreachable', /Security Hub: bringing in 1 findings/));
  fake.failNext(new AwsError('InvalidAccessException', 'Account is not subscribed to AWS Security Hub', 401));
  await assert.rejects(hub.bringIn([finding]), isFault('auth/forbidden', /not subscribed/));
});

async function open() {
  const fake = await fakeSecurityHub(accountId);
  const client = new SecurityHubClient(awsTestClient(fake.endpoint));
  return {
    hub: securityHub({ client, accountId, region: 'eu-central-1' }),
    fake,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}
