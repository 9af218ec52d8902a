import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticator } from '#access/authenticate.ts';
import { ensureAdmin } from '#access/ensure-admin.ts';
import { inRollback } from '#test/support/database.ts';
import { testClock } from '#test/support/test-clock.ts';
import { basic, from, secretsInMemory } from './access-world.ts';

test('the first start makes the administrator; a given password replaces the stored one', async () => {
  await inRollback(async (sql) => {
    const world = { sql, clock: testClock(), secrets: secretsInMemory() };
    const made = await ensureAdmin(world, null);
    assert.ok(made !== null && made.length >= 20);
    assert.equal(await ensureAdmin(world, null), null);
    const { authenticate } = authenticator(world);
    assert.equal((await authenticate(from(basic('admin', made)), 'team')).admin, true);
    assert.equal(await ensureAdmin(world, 'from the environment'), null);
    await assert.rejects(authenticate(from(basic('admin', made)), null), { code: 'auth/required' });
    await authenticate(from(basic('admin', 'from the environment')), null);
  });
});
