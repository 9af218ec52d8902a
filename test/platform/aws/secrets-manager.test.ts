import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '#platform/aws/secrets-manager.ts';
import { AwsError } from '#test/fakes/aws-json.ts';
import { fakeSecretsManager } from '#test/fakes/secrets-manager.ts';
import { secretsContract } from '#test/platform/contracts/secrets-contract.ts';
import { awsTestClient, foreignAws, foreignAwsNote, freshName } from '#test/support/aws.ts';
import { isFault } from '#test/support/is-fault.ts';
import { testClock } from '#test/support/test-clock.ts';

secretsContract('Secrets Manager on our fake', open);

const endpoint = foreignAws;
if (endpoint === null) test(`Secrets Manager on a foreign emulator (${foreignAwsNote})`, { skip: true }, () => {});
else {
  secretsContract(`Secrets Manager on a foreign emulator (${foreignAwsNote})`, async () => {
    const client = new SecretsManagerClient(awsTestClient(endpoint));
    const clock = testClock(undefined, { selfWinding: true });
    return {
      secrets: secretsManager({ client, prefix: `${freshName()}/`, clock }),
      [Symbol.asyncDispose]: async () => client.destroy(),
    };
  });
}

test('a removed secret can be stored again at once, and only its new value is given', async () => {
  await using store = await open();
  const { secrets, client } = store;
  await secrets.put('registry/a', 'old');
  await secrets.delete('registry/a');
  assert.deepEqual(await secrets.list(''), []);
  await assert.rejects(
    client.send(new GetSecretValueCommand({ SecretId: 'plimsoll/registry/a' })),
    /marked for deletion/,
  );
  await secrets.put('registry/a', 'new');
  assert.equal(await secrets.get('registry/a'), 'new');
  assert.deepEqual(await secrets.list(''), ['registry/a']);
});

test('a removed secret is gone for good after seven days, and its name is free', async () => {
  await using store = await open();
  const { secrets, clock } = store;
  await secrets.put('a', 'old');
  await secrets.delete('a');
  await clock.advance(7 * 24 * 3600 * 1000);
  assert.equal(await secrets.get('a'), null);
  await secrets.delete('a');
  await secrets.put('a', 'new');
  assert.equal(await secrets.get('a'), 'new');
});

test('names of others are not listed, whatever they begin with, over any number of pages', async () => {
  await using store = await open();
  const { secrets, client } = store;
  const foreign = ['other/a', 'plimsoll', 'plimsolls', 'plimsoll/a b@c'.replace(' ', '+'), 'Plimsoll/a'];
  for (const Name of foreign) await client.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
  const all = Array.from({ length: 25 }, (_, i) => `s${String(i).padStart(2, '0')}`);
  for (const name of all) await secrets.put(name, name);
  assert.deepEqual(await secrets.list(''), all);
  assert.deepEqual(await secrets.list('s1'), all.slice(10, 20));
  assert.deepEqual(await secrets.list('a b'), []);
});

test('what a person entered in the console is read as it is', async () => {
  await using store = await open();
  const { secrets, client } = store;
  await client.send(new CreateSecretCommand({ Name: 'plimsoll/by-hand', SecretString: '{"user":"u"}' }));
  assert.equal(await secrets.get('by-hand'), '{"user":"u"}');
  for (const value of ['plimsoll-text:', 'plimsoll-text:plimsoll-text:x', 'plimsoll-text']) {
    await secrets.put('odd', value);
    assert.equal(await secrets.get('odd'), value);
  }
});

test('failures name the secret and never its value', async () => {
  await using store = await open();
  const { secrets, fake } = store;
  await secrets.put('a', 's3cret');
  fake.failNext(
    'GetSecretValue',
    new AwsError('InternalServiceError', 'An error occurred on the server side.', 500),
    3,
  );
  await assert.rejects(secrets.get('a'), isFault('network/unreachable', /Secret a: reading failed/, ['s3cret']));
  fake.failNext('GetSecretValue', 'break', 1);
  assert.equal(await secrets.get('a'), 's3cret', 'one broken connection is waited out');
  fake.failNext('PutSecretValue', new AwsError('AccessDeniedException', 'User is not authorized', 400));
  await assert.rejects(secrets.put('a', 's3cret'), isFault('auth/forbidden', /Secret a: storing.*role/, ['s3cret']));
  fake.failNext('*', new AwsError('UnrecognizedClientException', 'The security token is invalid.', 400));
  await assert.rejects(secrets.list(''), isFault('auth/required', /credentials of this process/));
  fake.failNext('PutSecretValue', new AwsError('InvalidRequestException', 'The secret is managed by another service.'));
  await assert.rejects(secrets.put('a', 's3cret'), isFault('internal/failed', /managed by/, ['s3cret']));
});

async function open() {
  const clock = testClock();
  const fake = await fakeSecretsManager(clock, { pageSize: 10 });
  const client = new SecretsManagerClient(awsTestClient(fake.endpoint));
  return {
    secrets: secretsManager({ client, prefix: 'plimsoll/', clock: testClock(undefined, { selfWinding: true }) }),
    client,
    clock,
    fake,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fake[Symbol.asyncDispose]();
    },
  };
}
