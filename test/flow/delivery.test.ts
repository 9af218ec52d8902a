import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureAdmin } from '#access/ensure-admin.ts';
import { silentLog } from '#core/log.ts';
import { addChannel } from '#notices/account-channels.ts';
import { addSubscription } from '#notices/subscription-store.ts';
import { openLocalPlatform } from '#platform/local/local-platform.ts';
import { raiseEvents } from '#platform/raise-events.ts';
import { httpServer } from '#test/support/http-server.ts';
import { startServe } from '#test/support/serve-process.ts';

const keys = ['a', 'b', 'c'].map((name) => `quay.test/crew/${name}:v1`);
const each = 20;

/** A data folder in which something happened and nobody was told of it. */
async function writeOutbox(data: string, url: string): Promise<void> {
  await using platform = await openLocalPlatform({ data, purpose: 'scan', offline: true, log: silentLog });
  await ensureAdmin(platform, 'only-for-tests');
  await addChannel(platform, 'admin', true, 'hook', 'webhook', { settings: { url } });
  const at = platform.clock.now();
  for (const key of keys) await addSubscription(platform, 'admin', { key, type: 'policy_eval', active: true }, at);
  for (let n = 0; n < each; n++)
    await raiseEvents(
      platform.sql,
      'policy_engine',
      keys.map((key) => ({
        ...{ id: String(n), account: 'admin', type: 'user.checks.tag.policy_evaluation.update', resource: key },
        ...{ details: { n }, subscription: { type: 'policy_eval', key }, at },
      })),
    );
}

test('a server killed again and again in the middle of delivery tells everything, each subscription in its order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-delivery-'));
  const got: { readonly key: string; readonly n: number }[] = [];
  let waiters: { readonly count: number; readonly wake: () => void }[] = [];
  const reached = (count: number) => new Promise<void>((wake) => waiters.push({ count, wake }));
  try {
    await using receiver = await httpServer((request, response) => {
      let text = '';
      request.on('data', (piece) => (text += piece));
      request.on('end', () => {
        const { subscription_key: key, n } = JSON.parse(text).data.notification_payload;
        got.push({ key, n });
        const due = waiters.filter(({ count }) => got.length >= count);
        waiters = waiters.filter(({ count }) => got.length < count);
        for (const { wake } of due) wake();
        // Long enough that whoever is killed has some under way.
        setTimeout(() => response.end(), 20);
      });
    });
    const data = join(folder, 'data');
    await writeOutbox(data, receiver.url);
    const options = ['--allow-private-webhooks'];
    for (const count of [7, 25]) {
      await using server = await startServe(data, folder, ...options);
      await reached(count);
      await server.kill();
    }
    await using _server = await startServe(data, folder, ...options);
    const all = () => new Set(got.map(({ key, n }) => `${key} ${n}`)).size;
    while (all() < keys.length * each) await reached(got.length + 1);
    for (const key of keys) {
      const order = got.filter((one) => one.key === key).map(({ n }) => n);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        `what came again came before what is later: ${order}`,
      );
      assert.deepEqual(
        [...new Set(order)],
        Array.from({ length: each }, (_, n) => n),
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
