import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources, synthesised } from './synthesised.ts';

const buckets = resources(synthesised(), 'AWS::S3::Bucket');

test('every bucket is private, encrypted and survives its stack', () => {
  assert.equal(buckets.length, 3);
  for (const [id, { DeletionPolicy, Properties }] of buckets) {
    assert.equal(DeletionPolicy, 'Retain', id);
    assert.deepEqual(
      Properties['PublicAccessBlockConfiguration'],
      { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      id,
    );
    assert.deepEqual(
      Properties['BucketEncryption'],
      { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      id,
    );
  }
});

test('every bucket, queue and topic refuses what does not come over TLS', () => {
  for (const [kind, policyKind, count] of [
    ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 3],
    ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 20],
    ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 2],
  ] as const) {
    const policies = resources(synthesised(), policyKind);
    assert.equal(resources(synthesised(), kind).length, count);
    assert.equal(policies.length, count);
    for (const [id, { Properties }] of policies) {
      const statements = Properties['PolicyDocument'].Statement as { Effect: string; Condition?: unknown }[];
      assert.ok(
        statements.some(
          ({ Effect, Condition }) =>
            Effect === 'Deny' && JSON.stringify(Condition)?.includes('"aws:SecureTransport":"false"'),
        ),
        id,
      );
    }
  }
});

test('archives lie where keeping is cheap and reading takes no waiting', () => {
  const bucket = buckets.find(([one]) => one.startsWith('StorageBlobs'));
  const rules = bucket?.[1].Properties['LifecycleConfiguration'].Rules as readonly Record<string, unknown>[];
  const [archives] = rules.filter(({ Prefix }) => Prefix !== undefined);
  assert.deepEqual(
    [archives?.['Prefix'], archives?.['Transitions']],
    ['archive/', [{ StorageClass: 'GLACIER_IR', TransitionInDays: 0 }]],
  );
});

test('staged feeds go after two days, unfinished uploads after one, blobs never', () => {
  const rules = (id: string) => {
    const bucket = buckets.find(([one]) => one.startsWith(id));
    return bucket?.[1].Properties['LifecycleConfiguration'].Rules as readonly Record<string, unknown>[];
  };
  assert.deepEqual(
    rules('StorageStagedFeeds').flatMap((rule) => rule['ExpirationInDays'] ?? []),
    [2],
  );
  assert.deepEqual(
    rules('StorageBlobs').flatMap((rule) => rule['ExpirationInDays'] ?? []),
    [],
  );
  for (const id of ['StorageStagedFeeds', 'StorageBlobs'])
    assert.ok(
      rules(id).some((rule) => JSON.stringify(rule['AbortIncompleteMultipartUpload']) === '{"DaysAfterInitiation":1}'),
    );
});
