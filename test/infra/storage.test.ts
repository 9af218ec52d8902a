import assert from 'node:assert/strict';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PlimsollStack } from '../../infra/plimsoll-stack.ts';

const template = Template.fromStack(new PlimsollStack(new App(), 'Test'));

test('the blob store is private, encrypted and survives its stack', () => {
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
  assert.equal(bucket?.['DeletionPolicy'], 'Retain');
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
});

test('the blob store refuses plain HTTP', () => {
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const statements = policy?.['Properties'].PolicyDocument.Statement as { Effect: string; Condition?: unknown }[];
  assert.ok(
    statements.some(
      ({ Effect, Condition }) =>
        Effect === 'Deny' && JSON.stringify(Condition).includes('"aws:SecureTransport":"false"'),
    ),
  );
});

test('what is stateful keeps its logical id through upgrades', () => {
  assert.deepEqual(Object.keys(template.findResources('AWS::S3::Bucket')), ['StorageBlobs31FE9BCB']);
});
