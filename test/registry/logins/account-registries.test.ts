import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { defaultLimits } from '#core/limits.ts';
import { fileSecrets } from '#platform/local/file-secrets.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Sql } from '#platform/sql.ts';
import {
  addRegistry,
  allRegistries,
  changeRegistry,
  removeRegistries,
  removeRegistry,
} from '#registry/logins/account-registries.ts';
import { accountCredentials } from '#registry/logins/account-credentials.ts';
import { registryAccess } from '#registry/logins/registry-access.ts';
import { getRegistry } from '#registry/logins/registry-store.ts';
import { startRegistry } from '#test/support/registry-server.ts';
import { inRollback } from '#test/support/database.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

interface World {
  readonly sql: Sql;
  readonly secrets: Secrets;
  readonly clock: TestClock;
}

async function withAccounts(work: (world: World) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const clock = testClock();
  await inRollback(async (sql) => {
    for (const name of ['one', 'two'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, clock.now());
    await work({ sql, clock, secrets: fileSecrets(join(folder.path, 'secrets')) });
  });
}

const finder = (world: World, account: string) =>
  accountCredentials(world, account, async () => assert.fail('no registry of ECR'));

const userFor = async (world: World, account: string, registry: string, repository: string) => {
  const found = await finder(world, account)(registry, repository);
  return found?.kind === 'basic' ? `${found.username}/${found.password}` : found;
};

test('the most specific registry of an account counts, and each account has its own', async () => {
  await withAccounts(async (world) => {
    const add = (account: string, name: string, user: string) =>
      addRegistry(world, account, name, { user, secret: `${user}-secret` }, null);
    await add('one', 'quay.test', 'host');
    await add('one', 'quay.test/team/*', 'team');
    await add('one', 'quay.test/team/app-*', 'apps');
    await add('one', 'quay.test/team/app-1', 'exact');
    await add('two', 'quay.test', 'other');
    const cases: Readonly<Record<string, string>> = {
      lib: 'host',
      team: 'host',
      'teams/a': 'host',
      'team/x': 'team',
      'team/app-2': 'apps',
      'team/app-1/sub': 'apps',
      'team/app-1': 'exact',
    };
    for (const [repository, user] of Object.entries(cases))
      assert.equal(await userFor(world, 'one', 'quay.test', repository), `${user}/${user}-secret`, repository);
    assert.equal(await userFor(world, 'one', 'QUAY.test', 'lib'), 'host/host-secret', 'hosts have no case');
    assert.equal(await userFor(world, 'two', 'quay.test', 'team/app-1'), 'other/other-secret');
    assert.equal(await userFor(world, 'two', 'quay.test.evil.test', 'lib'), null);
    assert.equal(await userFor(world, 'three', 'quay.test', 'lib'), null);
  });
});

test('a wildcard has no other meaning than its letters', async () => {
  await withAccounts(async (world) => {
    await addRegistry(world, 'one', 'quay.test/a_b.c*', { user: 'u', secret: 's' }, null);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a_b.cd'), 'u/s');
    for (const repository of ['axb.cd', 'a_bxcd', 'a_b'])
      assert.equal(await userFor(world, 'one', 'quay.test', repository), null);
  });
});

test('a refusal names the registry of the account that was asked with, and not its password', async () => {
  await withAccounts(async (world) => {
    await using registry = await startRegistry({}, { auth: 'basic', username: 'ann', password: 'right' });
    await using bearer = await startRegistry({}, { auth: 'bearer', username: 'ann', password: 'right' });
    for (const { host } of [registry, bearer]) {
      await addRegistry(world, 'one', `${host}/team/*`, { user: 'ann', secret: 'hunter2' }, null);
      const access = registryAccess(
        { ...world, fetch: systemFetch() },
        {
          limits: defaultLimits,
          temporaryFile: (name) => name,
          findEcrLogin: async () => null,
          own: async () => assert.fail('the account has one'),
        },
      );
      const expected = isFault('registry/denied', new RegExp(`your registry ${host}/team/\\*`), ['hunter2']);
      await assert.rejects(access.openImage(`${host}/team/app:1`, { account: 'one' }), expected);
    }
  });
});

test('a name is there once, also where it is written otherwise', async () => {
  await withAccounts(async (world) => {
    const add = (account: string, name: string) => addRegistry(world, account, name, { user: 'u', secret: 's' }, null);
    await add('one', 'docker.io');
    for (const name of ['docker.io', 'index.docker.io'])
      await assert.rejects(add('one', name), isFault('state/conflict', /^registry already exists in DB$/));
    await add('one', 'docker.io/*');
    await add('two', 'docker.io');
    const names = await Array.fromAsync(allRegistries(world, 'one'), ({ name }) => name);
    assert.deepEqual(names, ['docker.io', 'docker.io/*']);
    assert.equal(await userFor(world, 'one', 'docker.io', 'library/alpine'), 'u/s');
  });
});

test('what an account logs in with is in the secret store and nowhere else', async () => {
  await withAccounts(async (world) => {
    await addRegistry(world, 'one', 'quay.test', { user: 'ann', secret: 'hunter2-first' }, null);
    const rows = async () => JSON.stringify(await world.sql.query('select * from registry'));
    assert.ok(!(await rows()).includes('hunter2'));
    assert.equal((await world.secrets.list('registries/')).length, 1);
    await world.clock.advance(60_000);
    const after = await changeRegistry(world, 'one', 'quay.test', { secret: 'hunter2-second' }, null);
    assert.deepEqual([after.user, after.updatedAt - after.createdAt], ['ann', 60_000]);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a'), 'ann/hunter2-second');
    assert.ok(!(await rows()).includes('hunter2'));
    const [name = ''] = await world.secrets.list('registries/');
    assert.ok(!(await world.secrets.get(name))?.includes('first'), 'the old one is gone');
    await removeRegistry(world, 'one', 'quay.test');
    assert.deepEqual(await world.secrets.list(''), []);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a'), null);
    await removeRegistry(world, 'one', 'quay.test');
  });
});

test('an update keeps what it does not name; another user needs a password', async () => {
  await withAccounts(async (world) => {
    await addRegistry(world, 'one', 'quay.test', { user: 'ann', secret: 's1', title: 'ours', verify: false }, null);
    const same = await changeRegistry(world, 'one', 'quay.test', {}, null);
    assert.deepEqual([same.user, same.title, same.verify, same.type], ['ann', 'ours', false, 'docker_v2']);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a'), 'ann/s1');
    await assert.rejects(changeRegistry(world, 'one', 'quay.test', { user: 'bob' }, null), isFault('input/invalid'));
    await changeRegistry(world, 'one', 'quay.test', { user: 'bob', secret: 's2', verify: true }, null);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a'), 'bob/s2');
    assert.equal((await getRegistry(world, 'one', 'quay.test'))?.verify, true);
    await assert.rejects(changeRegistry(world, 'two', 'quay.test', {}, null), isFault('state/not-found'));
  });
});

test('what is refused when it is tried is not stored, and an update that is refused changes nothing', async () => {
  await withAccounts(async (world) => {
    const refuse = async () => {
      throw new Error('refused');
    };
    await assert.rejects(addRegistry(world, 'one', 'quay.test', { user: 'u', secret: 's' }, refuse), /refused/);
    assert.equal(await getRegistry(world, 'one', 'quay.test'), null);
    assert.deepEqual(await world.secrets.list(''), []);
    await addRegistry(world, 'one', 'quay.test', { user: 'u', secret: 's' }, null);
    await assert.rejects(changeRegistry(world, 'one', 'quay.test', { secret: 't' }, refuse), /refused/);
    assert.equal(await userFor(world, 'one', 'quay.test', 'a'), 'u/s');
  });
});

test('a secret store that fails leaves no registry without a login behind', async () => {
  await withAccounts(async (world) => {
    const put = async () => {
      throw new Error('the store is away');
    };
    const broken = { ...world, secrets: { ...world.secrets, put } };
    await assert.rejects(addRegistry(broken, 'one', 'quay.test', { user: 'u', secret: 's' }, null), /away/);
    assert.equal(await getRegistry(world, 'one', 'quay.test'), null);
    await addRegistry(world, 'one', 'quay.test', { user: 'u', secret: 's' }, null);
    for (const name of await world.secrets.list('')) await world.secrets.delete(name);
    await assert.rejects(userFor(world, 'one', 'quay.test', 'a'), isFault('data/corrupt', /give them again/));
  });
});

test('of an account that goes nothing is left, of its neighbour all', async () => {
  await withAccounts(async (world) => {
    for (let i = 0; i < 5; i++) await addRegistry(world, 'one', `r${i}.test`, { user: 'u', secret: 's' }, null);
    await addRegistry(world, 'two', 'r0.test', { user: 'u', secret: 's' }, null);
    assert.equal(await removeRegistries(world, 'one', () => true), false);
    assert.equal((await Array.fromAsync(allRegistries(world, 'one'))).length, 5, 'what there is no time for stays');
    assert.equal(await removeRegistries(world, 'one', () => false), true);
    assert.deepEqual(await Array.fromAsync(allRegistries(world, 'one')), []);
    assert.equal((await world.secrets.list('')).length, 1);
    assert.equal(await userFor(world, 'two', 'r0.test', 'a'), 'u/s');
  });
});
