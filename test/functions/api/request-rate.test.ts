import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '#access/principal.ts';
import { requestRate } from '#functions/api/request-rate.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { silentLog } from '#core/log.ts';
import { createApp } from '#functions/api/app.ts';
import type { ApiWorld } from '#functions/api/route.ts';
import type { RouteFile } from '#functions/api/route-file.ts';
import { testClock } from '#test/support/test-clock.ts';

const user = (name: string) => ({ user: name }) as Principal;

/** Requests of a user that get through, of so many. */
function through(admit: (principal: Principal) => void, name: string, many: number): number {
  let count = 0;
  for (let i = 0; i < many; i++)
    try {
      admit(user(name));
      count++;
    } catch (thrown) {
      assert.ok(thrown instanceof Fault && thrown.code === 'auth/too-fast');
    }
  return count;
}

test('a user gets through ten times a second’s requests at once, and then so many a second', async () => {
  const clock = testClock();
  const admit = requestRate(5, clock);
  assert.equal(through(admit, 'ann', 100), 50);
  await clock.advance(1000);
  assert.equal(through(admit, 'ann', 100), 5);
  await clock.advance(300);
  assert.equal(through(admit, 'ann', 100), 1);
  await clock.advance(3_600_000);
  assert.equal(through(admit, 'ann', 100), 50);
});

test('one user’s requests are not another’s, and who asks too often is told when to come again', async () => {
  const admit = requestRate(1, testClock());
  assert.equal(through(admit, 'ann', 50), 10);
  assert.equal(through(admit, 'bob', 50), 10);
  assert.throws(
    () => admit(user('ann')),
    (thrown) =>
      thrown instanceof Fault && thrown.detail['retry_after'] === 1 && /1 times a second/.test(thrown.message),
  );
});

test('of very many users only those who asked lately are remembered', async () => {
  const clock = testClock();
  const admit = requestRate(1, clock);
  through(admit, 'ann', 10);
  for (let i = 0; i < 9_999; i++) admit(user(`user-${i}`));
  await clock.advance(5_000);
  admit(user('one more'));
  assert.equal(through(admit, 'ann', 10), 5, 'a bucket that is not full is kept');
});

test('who asks too often gets 429 and the time in a header; what is for everybody is answered', async () => {
  const clock = testClock();
  const world = { clock, log: silentLog, limits: defaultLimits } as unknown as ApiWorld;
  const line = { method: 'GET', summary: '', answer: null, handle: async () => 'aye' } as const;
  const routes: readonly RouteFile[] = [
    {
      under: ['/ship', '/sea'],
      load: async () => [
        { ...line, path: '/ship', access: 'user' },
        { ...line, path: '/sea', access: 'public' },
      ],
    },
  ];
  const authenticator = { authenticate: async () => user('ann'), issueToken: () => Promise.reject(new Error()) };
  const app = createApp(world, routes, authenticator, requestRate(1, clock));
  const ask = async (path: string) =>
    app({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: Buffer.of() });
  for (let i = 0; i < 10; i++) assert.equal((await ask('/ship')).status, 200);
  const late = await ask('/ship');
  assert.deepEqual([late.status, late.headers['retry-after']], [429, '1']);
  assert.equal(JSON.parse(String(late.body)).detail.code, 'auth/too-fast');
  assert.equal((await ask('/sea')).status, 200);
});
