import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { defaultLimits } from '#core/limits.ts';
import { assumeRoles } from '#platform/aws/assume-role.ts';
import { ecrCredentials } from '#platform/aws/ecr-auth.ts';
import { ecrClients } from '#platform/aws/ecr-clients.ts';
import { fileSecrets } from '#platform/local/file-secrets.ts';
import { systemFetch } from '#platform/local/system-fetch.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Sql } from '#platform/sql.ts';
import { throughEndpoints } from '#registry/client/registry-endpoints.ts';
import {
  addRegistry,
  changeRegistry,
  type GivenRegistry,
  removeRegistry,
} from '#registry/logins/account-registries.ts';
import { type RegistryAccess, registryAccess } from '#registry/logins/registry-access.ts';
import { type Ecr, type EcrOptions, startEcr } from '#test/fakes/ecr.ts';
import type { Identity } from '#test/fakes/ecr-identities.ts';
import { type FakeSts, startSts } from '#test/fakes/sts.ts';
import { inRollback } from '#test/support/database.ts';
import { image, layer } from '#test/support/image-builder.ts';
import { isFault } from '#test/support/is-fault.ts';
import { readLayers } from '#test/support/read-layers.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { type TestClock, testClock } from '#test/support/test-clock.ts';

/** AWS accounts: of the installation, and of two tenants. */
const [own, first, second] = ['111122223333', '444455556666', '777788889999'];
const [minute, hour] = [60_000, 3_600_000];
const roleArn = `arn:aws:iam::${second}:role/reader`;
const app = image({ layers: [layer([{ path: 'etc/os-release', content: 'ID=alpine\n' }])], tag: '1' });

interface Bench {
  readonly ecr: Ecr;
  readonly sts: FakeSts;
  readonly clock: TestClock;
  readonly world: { readonly sql: Sql; readonly secrets: Secrets; readonly clock: TestClock };
  readonly access: RegistryAccess;
  /** The installation's own identity. */
  readonly us: Identity;
  /** Adds the ECR registry of an AWS account to an account, after a login. */
  add(account: string, awsAccount: string, given: GivenRegistry): Promise<unknown>;
  /** Pulls an image whole. */
  pull(account: string, awsAccount: string, repository?: string): Promise<void>;
  /** Tokens that were asked for, by whom. */
  tokens(): Readonly<Record<string, number>>;
}

async function withTenants(work: (bench: Bench) => Promise<void>, options: Partial<EcrOptions> = {}): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const clock = testClock(undefined, { selfWinding: true });
  const ecr = opened.use(await startEcr({ clock, accounts: [own, first, second], ...options }));
  const sts = opened.use(await startSts({ people: ecr, clock }));
  const us = ecr.addUser(own, 'plimsoll');
  ecr.addRole({ arn: roleArn, account: second, externalId: 'ext-2' });
  for (const account of [own, first, second]) ecr.push(account, 'team/app', app);
  const region = 'us-east-1';
  const assumeRole = opened.use(
    assumeRoles({ region, clock, sessionName: 'plimsoll', credentials: us, endpoint: sts.endpoint }),
  );
  const clients = opened.use(ecrClients({ endpoint: ecr.endpoint, credentials: us, assumeRole }));
  const findEcrLogin = ecrCredentials({ ...clients, clock });
  await inRollback(async (sql) => {
    for (const name of ['one', 'two', 'three'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, clock.now());
    const secrets = fileSecrets(join(folder.path, 'secrets'));
    const world = { sql, secrets, clock };
    const access = registryAccess(
      { ...world, fetch: throughEndpoints(systemFetch(), ecr.endpoints) },
      { limits: defaultLimits, temporaryFile: (name) => join(folder.path, name), findEcrLogin, own: findEcrLogin },
    );
    await work({
      ...{ ecr, sts, clock, world, access, us },
      add: (account, awsAccount, given) => addRegistry(world, account, ecr.host(awsAccount), given, access.tryLogin),
      async pull(account, awsAccount, repository = 'team/app') {
        await using source = await access.openImage(`${ecr.host(awsAccount)}/${repository}:1`, { account });
        await readLayers(source);
      },
      tokens: () =>
        Object.fromEntries(
          Object.entries(Object.groupBy(ecr.calls, (call) => call)).map(([call, all]) => [
            call.replace('GetAuthorizationToken ', ''),
            all!.length,
          ]),
        ),
    });
  });
}

const keysOf = ({ accessKeyId, secretAccessKey }: Identity): GivenRegistry => ({
  user: accessKeyId,
  secret: secretAccessKey,
});

test('three days with two identities of tenants and our own: no pull fails, each asks for a token twice a day', async () => {
  await withTenants(async ({ ecr, sts, clock, add, pull, tokens }) => {
    await add('one', first, keysOf(ecr.addUser(first, 'ci')));
    await add('two', second, { user: '_iam_role', secret: `${roleArn};ext-2` });
    await add('three', own, { user: 'awsauto', secret: 'awsauto' });
    for (let time = 0; time < 72; time += 2) {
      await Promise.all([pull('one', first), pull('one', first), pull('two', second), pull('three', own)]);
      await clock.advance(2 * hour);
    }
    // Renewed by the first pull that comes 11 hours or more after the last token: every 12 hours.
    assert.deepEqual(tokens(), { ci: 6, [roleArn]: 6, plimsoll: 6 });
    assert.deepEqual([...new Set(sts.calls)], [`${roleArn} plimsoll plimsoll ext-2`]);
    assert.equal(sts.calls.length, 6);
  });
});

for (const expiredStatus of [401, 403] as const)
  test(`a token that ECR ends early (${expiredStatus}) is replaced once for all pulls, and none fails`, async () => {
    await withTenants(
      async ({ ecr, clock, add, pull, tokens }) => {
        await add('one', first, keysOf(ecr.addUser(first, 'ci')));
        await pull('one', first);
        await clock.advance(2 * minute);
        ecr.revokeTokens();
        await Promise.all(Array.from({ length: 10 }, () => pull('one', first)));
        assert.deepEqual(tokens(), { ci: 2 });
      },
      { expiredStatus },
    );
  });

test('an account’s registry goes before what the installation has, also where it is refused', async () => {
  await withTenants(async ({ ecr, world, add, pull, tokens }) => {
    await pull('one', own);
    assert.deepEqual(tokens(), { plimsoll: 1 }, 'without one the installation logs in');
    const guest = ecr.addUser(first, 'guest');
    await add('one', own, keysOf(guest));
    await assert.rejects(pull('one', own), isFault('registry/denied', /403 DENIED/, [guest.secretAccessKey]));
    await pull('two', own);
    ecr.repository(own, 'team/app').pullers.add(first);
    await pull('one', own);
    assert.deepEqual(tokens(), { plimsoll: 1, guest: 1 });
    await removeRegistry(world, 'one', ecr.host(own));
    ecr.repository(own, 'team/app').pullers.clear();
    await pull('one', own);
  });
});

test('keys that are replaced count from the next pull on, and the old ones are not asked with again', async () => {
  await withTenants(async ({ ecr, world, access, clock, add, pull, tokens }) => {
    await add('one', first, keysOf(ecr.addUser(first, 'old')));
    await pull('one', first);
    await changeRegistry(world, 'one', ecr.host(first), keysOf(ecr.addUser(first, 'new')), access.tryLogin);
    for (let i = 0; i < 3; i++) {
      await pull('one', first);
      await clock.advance(hour);
    }
    assert.deepEqual(tokens(), { old: 1, new: 1 });
  });
});

test('a login that AWS refuses is not stored, and nothing of it is told', async () => {
  await withTenants(async ({ ecr, sts, world, add }) => {
    const user = ecr.addUser(first, 'ci');
    const secret = 'x'.repeat(40);
    const refused = (given: GivenRegistry, awsAccount: string, message: RegExp) =>
      assert.rejects(add('one', awsAccount, given), isFault('registry/unusable', message, [secret, 'ext-wrong']));
    await refused({ user: user.accessKeyId, secret }, first, /does not take the credentials/);
    await refused({ user: 'AKIA0000000000000000', secret }, first, /does not take the credentials/);
    await refused({ user: '_iam_role', secret: `${roleArn};ext-wrong` }, second, /could not be taken on/);
    user.denied.add('ecr:GetAuthorizationToken');
    await refused(keysOf(user), first, /ecr:GetAuthorizationToken/);
    assert.equal(sts.calls.length, 1);
    assert.deepEqual(await world.sql.query('select name from registry'), []);
    assert.deepEqual(await world.secrets.list(''), []);
  });
});

test('what the original’s client sends for an update of ECR stays a registry of ECR', async () => {
  await withTenants(async ({ ecr, world, access, add, pull }) => {
    const keys = keysOf(ecr.addUser(first, 'ci'));
    await add('one', first, { ...keys, type: 'awsecr' });
    const changed = { ...keys, type: 'docker_v2' } as const;
    const after = await changeRegistry(world, 'one', ecr.host(first), changed, access.tryLogin);
    assert.equal(after.type, 'awsecr');
    await pull('one', first);
  });
});

test('a tag is looked up with the login of the account', async () => {
  await withTenants(async ({ ecr, access, add, tokens }) => {
    await add('one', first, keysOf(ecr.addUser(first, 'ci')));
    const client = await access.clientOf('one', ecr.host(first), 'team/app');
    assert.equal(await client.digest('team/app', '1'), app.digest);
    assert.deepEqual(tokens(), { ci: 1 });
  });
});
