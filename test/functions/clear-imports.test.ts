import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { importBlob } from '#analysis/imports/import-operation.ts';
import {
  addImportContent,
  beginImport,
  findImport,
  invalidateImport,
  listImports,
} from '#analysis/imports/import-store.ts';
import { clearImports, removeImports } from '#functions/clear-imports.ts';
import type { Sql } from '#platform/sql.ts';
import { memoryBlobs } from '#test/policy/memory-blobs.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';

const hour = 3_600_000;
const never = () => false;

async function worldOf(sql: Sql) {
  const clock = testClock();
  const world = { sql, clock, blobs: memoryBlobs() };
  await addAccount({ sql }, { name: 'team', type: 'user' }, clock.now());
  const begin = async () => {
    const { id } = await beginImport(world, 'team', clock.now(), clock.now() + 24 * hour);
    await world.blobs.put(importBlob(id, 'packages', 'aa'), Buffer.from('{}'));
    await addImportContent(world, id, 'packages', { digest: 'aa', size: 2 }, clock.now());
    return id;
  };
  const status = async (id: string) => (await findImport(world, 'team', id, clock.now()))?.status;
  return { world, clock, begin, status, has: (id: string) => world.blobs.has(importBlob(id, 'packages', 'aa')) };
}

test('an operation that nobody ends expires after its day, loses its parts an hour later, and is forgotten in the end', async () => {
  await inRollback(async (sql) => {
    const { world, clock, begin, status, has } = await worldOf(sql);
    const id = await begin();
    await clock.advance(24 * hour - 1);
    await clearImports(world, never);
    assert.deepEqual([await status(id), await has(id)], ['pending', true]);
    await clock.advance(1);
    assert.equal(await status(id), 'expired', 'before anybody swept');
    assert.equal(await addImportContent(world, id, 'manifest', { digest: 'bb', size: 1 }, clock.now()), null);
    await clearImports(world, never);
    assert.deepEqual([await status(id), await has(id)], ['expired', true]);
    await clock.advance(hour);
    await clearImports(world, never);
    assert.deepEqual([await status(id), await has(id)], ['expired', false]);
    await clock.advance(31 * 24 * hour);
    await clearImports(world, never);
    assert.deepEqual(await listImports(world, 'team', null, 10, clock.now()), []);
  });
});

test('what is given up is cleared, what is open stays, and without time nothing is begun', async () => {
  await inRollback(async (sql) => {
    const { world, clock, begin, status, has } = await worldOf(sql);
    const [given, open] = [await begin(), await begin()];
    await invalidateImport(world, given, clock.now());
    await clock.advance(2 * hour);
    await clearImports(world, () => true);
    assert.equal(await has(given), true);
    await clearImports(world, never);
    assert.deepEqual([await has(given), await has(open), await status(open)], [false, true, 'pending']);
    assert.equal(await removeImports(world, 'team', () => true), false);
    assert.equal(await removeImports(world, 'team', never), true);
    assert.equal(await has(open), false);
  });
});
