import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { archivesOf } from '#archive/archive-blob.ts';
import { beginArchiving } from '#archive/archive-store.ts';
import { addAccount, beginDeletion, findAccount, moveAccount } from '#access/account-store.ts';
import { silentLog } from '#core/log.ts';
import { addChannel } from '#notices/account-channels.ts';
import { removeAccounts } from '#functions/remove-accounts.ts';
import type { Sql } from '#platform/sql.ts';
import { fileSecrets } from '#platform/local/file-secrets.ts';
import { addRegistry } from '#registry/logins/account-registries.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';
import { inRollback } from '#test/support/database.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const count = async (sql: Sql, table: string) =>
  Number((await sql.query(`select count(*)::int as n from ${table} where account in ('crew', 'other')`))[0]?.['n']);

/** An account with as many images as asked for, each with a tag, and a policy. */
async function fill(sql: Sql, account: string, images: number): Promise<void> {
  await addAccount({ sql }, { name: account, type: 'user', user: `${account}-user`, password: 'unread' }, 1);
  await sql.query(
    `insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at)
     select :account::text, 'd' || n, 'd' || n, 'i' || n, 'linux/amd64', 'r', 'analyzed', 'active', 1, 1
     from generate_series(1, :images::int) n`,
    { account, images },
  );
  await sql.query(
    `insert into image_tag (account, registry, repository, tag, detected_at, digest)
     select account, 'r', 'r', digest, 1, digest from image where account = :account::text`,
    { account },
  );
  await sql.query(`insert into policy_bundle values (:account::text, 'p', true, 'b', 1, 1)`, { account });
}

test('an account that is being deleted goes with all that it owns; others stay', async () => {
  await using folder = await temporaryFolder();
  await inRollback(async (sql) => {
    const blobs = memoryBlobs();
    const world = {
      sql,
      blobs,
      log: silentLog,
      secrets: fileSecrets(join(folder.path, 'secrets')),
      clock: testClock(),
    };
    await fill(sql, 'crew', 450);
    await fill(sql, 'other', 3);
    for (const account of ['crew', 'other'])
      await addRegistry(world, account, 'quay.test', { user: 'u', secret: 's' }, null);
    const settings = { url: 'https://hook.test/t0ken' };
    for (const account of ['crew', 'other']) await addChannel(world, account, false, 'hook', 'webhook', { settings });
    for (const account of ['crew', 'other']) {
      await beginArchiving(world, account, ['d1'], false, 1);
      await blobs.put(`${archivesOf(account)}1.tar.gz`, Buffer.from('archive'));
    }
    assert.equal(await beginDeletion(world, 'crew', 2), false, 'it is enabled');
    assert.equal(await moveAccount(world, 'crew', 'disabled', 2), true);
    assert.equal(await beginDeletion(world, 'crew', 3), true);
    assert.equal(await moveAccount(world, 'crew', 'enabled', 4), false, 'there is no way back');
    assert.equal(await count(sql, 'app_user'), 1, 'users go at once');
    assert.equal(await removeAccounts(world, () => true), 0);
    assert.equal((await findAccount(world, 'crew'))?.state, 'deleting', 'what there was no time for is done next time');
    assert.equal(await removeAccounts(world, () => false), 1);
    assert.equal(await findAccount(world, 'crew'), null);
    for (const [table, left] of [
      ['image', 3],
      ['image_tag', 3],
      ['policy_bundle', 1],
      ['registry', 1],
      ['archived_image', 1],
      ['account_member', 1],
      ['channel', 1],
      ['account', 1],
    ] as const)
      assert.equal(await count(sql, table), left, table);
    assert.deepEqual(await Array.fromAsync(blobs.list('')), [`${archivesOf('other')}1.tar.gz`]);
    assert.equal(
      (await world.secrets.list('')).length,
      2,
      'what the account logged in with, and its channels, is gone too',
    );
    assert.equal(await removeAccounts(world, () => false), 0);
  });
});
