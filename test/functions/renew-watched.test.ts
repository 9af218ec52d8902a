import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { recordTag } from '#catalog/tag-store.ts';
import { digestOf } from '#core/digest.ts';
import { silentLog } from '#core/log.ts';
import { renewWatched } from '#functions/renew-watched.ts';
import { ensureSubscriptions } from '#notices/subscription-store.ts';
import type { Queues } from '#platform/queue.ts';
import { inRollback } from '#test/support/database.ts';

const place = { registry: 'quay.test', repository: 'app' };

test('images of tags whose verdicts are subscribed to are evaluated anew, those of the tag of now', () =>
  inRollback(async (sql) => {
    await sql.query('update subscription set active = false');
    await addAccount({ sql }, { name: 'crew', type: 'user', user: 'captain', password: 'x' }, 1);
    const [left, now, single] = ['left', 'now', 'single'].map(digestOf);
    for (const [tag, digest, at] of [
      ['moved', left!, 1],
      ['moved', now!, 2],
      ['quiet', single!, 1],
    ] as const) {
      const image = { account: 'crew', digest, parentDigest: digest, imageId: digest.slice(7), createdAt: 1 };
      const rest = { platform: 'linux/amd64', pullReference: `r/a@${digest}`, dockerfile: null, annotations: {} };
      await admitToCatalog({ sql }, { ...image, ...rest }, 1);
      await recordTag({ sql }, 'crew', { ...place, tag, digest, detectedAt: at });
    }
    const wanted = [
      { key: 'quay.test/app:moved', type: 'policy_eval', active: true },
      { key: 'quay.test/app:quiet', type: 'policy_eval', active: false },
      { key: 'quay.test/app:quiet', type: 'vuln_update', active: true },
      ...Array.from({ length: 150 }, (_, n) => ({ key: `quay.test/gone:${n}`, type: 'policy_eval', active: true })),
    ] as const;
    await ensureSubscriptions({ sql }, 'crew', wanted as Parameters<typeof ensureSubscriptions>[2], 1);
    const sent: unknown[] = [];
    const send = async (bodies: readonly string[]) => void sent.push(...bodies.map((body) => JSON.parse(body)));
    const world = { sql, log: silentLog, queues: (() => ({ send })) as unknown as Queues };
    await renewWatched(world, () => true);
    assert.deepEqual(sent, []);
    await renewWatched(world, () => false);
    assert.deepEqual(sent, [{ kind: 'image.matched', account: 'crew', digest: now }]);
  }));
