import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import type { Fault } from '#core/fault.ts';
import { dockerCredentials, firstCredentials } from '#registry/client/credentials.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

/** What is found for a registry with this config.json. */
async function found(config: unknown, registry: string, repository = 'team/app') {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return await dockerCredentials(folder.path)(registry, repository);
}

/** Runs `work` with these helpers on the PATH: shell scripts by name. */
async function withHelpers(scripts: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder.path, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder.path}${delimiter}${path}`;
  try {
    await work();
  } finally {
    process.env['PATH'] = path;
  }
}

function invalid(form: RegExp) {
  return (thrown: Fault) => {
    assert.doesNotMatch(thrown.message, /hunter2|secret/);
    return thrown.code === 'input/invalid' && form.test(thrown.message);
  };
}

const auth = (text: string) => Buffer.from(text).toString('base64');
const ann = { kind: 'basic', username: 'ann', password: 'hunter2' };

test('credentials are found in every form that config.json has', async () => {
  const of = (entry: unknown) => found({ auths: { 'reg.example': entry } }, 'reg.example');
  assert.deepEqual(await of({ auth: auth('ann:hunter2') }), ann);
  assert.deepEqual(await of({ auth: auth('ann:hun:ter2') }), { ...ann, password: 'hun:ter2' });
  assert.deepEqual(await of({ username: 'ann', password: 'hunter2' }), ann);
  assert.deepEqual(await of({ auth: auth('ann:'), identitytoken: 'x' }), { kind: 'identity-token', token: 'x' });
  assert.deepEqual(await of({ auth: auth('ann:hunter2'), registrytoken: 'x' }), { kind: 'registry-token', token: 'x' });
  assert.deepEqual(await of({ auth: auth('00000000-0000-0000-0000-000000000000:refresh') }), {
    kind: 'identity-token',
    token: 'refresh',
  });
  assert.equal(await of({}), null);
  assert.equal(await found({ auths: { 'reg.example': { auth: auth('a:b') } } }, 'other.example'), null);
  assert.equal(await found({}, 'reg.example'), null);
});

test('registries are found under every name that clients gave them', async () => {
  const entry = { username: 'ann', password: 'hunter2' };
  for (const key of [
    'https://index.docker.io/v1/',
    'index.docker.io',
    'docker.io',
    'https://registry-1.docker.io/v2/',
  ]) {
    assert.deepEqual(await found({ auths: { [key]: entry } }, 'docker.io', 'library/alpine'), ann, key);
  }
  for (const key of [
    'reg.example:5000',
    'https://reg.example:5000',
    'http://reg.example:5000/v2/',
    'reg.example:5000/',
  ]) {
    assert.deepEqual(await found({ auths: { [key]: entry } }, 'reg.example:5000'), ann, key);
  }
  assert.equal(await found({ auths: { 'reg.example': entry } }, 'reg.example:5000'), null);
  assert.equal(await found({ auths: { 'reg.example': entry } }, 'reg.example.evil'), null);
});

test('a key with a path counts for the repositories below it, the longest first', async () => {
  const auths = {
    'quay.io': { username: 'a', password: '1' },
    'quay.io/team': { username: 'b', password: '2' },
    'quay.io/team/app': { username: 'c', password: '3' },
  };
  const name = async (repository: string) =>
    ((await found({ auths }, 'quay.io', repository)) as { username: string }).username;
  assert.equal(await name('team/app'), 'c');
  assert.equal(await name('team/other'), 'b');
  assert.equal(await name('team-b/app'), 'a');
});

test('without a file there are no credentials, and a broken file is named', async () => {
  await using folder = await temporaryFolder();
  assert.equal(await dockerCredentials(folder.path)('reg.example', 'a'), null);
  await assert.rejects(found('{"auths":', 'reg.example'), invalid(/config\.json' is not JSON/));
  await assert.rejects(found({ auths: [1] }, 'reg.example'), invalid(/config\.json' is not what it should be/));
  const noColon = { auths: { 'reg.example': { auth: auth('hunter2') } } };
  await assert.rejects(found(noColon, 'reg.example'), invalid(/not base64 of user:password/));
});

test('a helper is asked on its standard input: that of the registry first, then the store, then the file', async () => {
  const answer =
    'read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"$1 $# $server\\",\\"Secret\\":\\"hunter2\\"}"';
  const token = 'cat > /dev/null; echo \'{"Username":"<token>","Secret":"refresh"}\'';
  const none = 'echo "credentials not found in native keychain"; exit 1';
  await withHelpers({ special: answer, store: token, none }, async () => {
    const config = {
      auths: { 'filed.example': { auth: auth('ann:hunter2') } },
      credHelpers: { 'reg.example': 'special', 'docker.io': 'special', 'filed.example': 'none' },
      credsStore: 'store',
    };
    const basic = (username: string) => ({ kind: 'basic', username, password: 'hunter2' });
    assert.deepEqual(await found(config, 'reg.example'), basic('get 1 reg.example'));
    assert.deepEqual(await found(config, 'docker.io'), basic('get 1 https://index.docker.io/v1/'));
    assert.deepEqual(await found(config, 'other.example'), { kind: 'identity-token', token: 'refresh' });
    assert.deepEqual(await found(config, 'filed.example'), ann);
  });
});

test('a helper that fails is named with how, never with what it printed', async () => {
  const scripts = {
    fails: 'echo "secret hunter2"; echo "secret hunter2" >&2; exit 3',
    babbles: 'echo "hunter2 is no JSON"',
    floods: 'cat > /dev/null; while :; do echo hunter2hunter2hunter2hunter2hunter2hunter2; done',
  };
  await withHelpers(scripts, async () => {
    const asked = (name: string) => found({ credsStore: name }, 'reg.example');
    await assert.rejects(
      asked('fails'),
      invalid(/docker-credential-fails, which '.*' names for reg\.example, failed with exit code 3/),
    );
    await assert.rejects(asked('babbles'), invalid(/did not answer with credentials/));
    await assert.rejects(asked('floods'), invalid(/more than 64 KiB/));
    await assert.rejects(asked('absent-from-path'), invalid(/is not on the PATH/));
    for (const name of ['../../bin/sh', 'a b', 'a;b', 'a\0b', 'x'.repeat(101)]) {
      await assert.rejects(asked(name), invalid(/no plain name/));
    }
  });
});

test('the first place that has credentials gives them', async () => {
  const find = firstCredentials(
    async () => null,
    async (registry) => ({ kind: 'registry-token', token: registry }),
    async () => assert.fail('asked too far'),
  );
  assert.deepEqual(await find('reg.example', 'a'), { kind: 'registry-token', token: 'reg.example' });
  assert.equal(await firstCredentials()('reg.example', 'a'), null);
});
