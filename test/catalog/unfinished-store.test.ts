import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { admitToCatalog } from '#catalog/admit-store.ts';
import { moveImage } from '#catalog/image-store.ts';
import { listUnfinished, type Unfinished } from '#catalog/unfinished-store.ts';
import type { Digest } from '#core/digest.ts';
import { inRollback } from '#test/support/database.ts';

test('images that stand still on their way are found a page at a time, the stillest first; finished ones are not', async () => {
  await inRollback(async (sql) => {
    const world = { sql };
    await sql.query(`update image set status = 'deleting' where status = 'active'`);
    await addAccount(world, { name: 'still', type: 'user', user: 'still', password: 'x' }, 1);
    for (const [digit, at] of [...'12345'].map((digit, i) => [digit, [3, 1, 1, 2, 9][i]!] as const)) {
      const digest = `sha256:${digit.repeat(64)}` as Digest;
      const image = { account: 'still', digest, parentDigest: digest, imageId: digest.slice(7), createdAt: 1 };
      const rest = { platform: 'linux/amd64', pullReference: `r/a@${digest}`, dockerfile: null, annotations: {} };
      await admitToCatalog(world, { ...image, ...rest }, at);
    }
    const pages = async () => {
      const seen: string[] = [];
      for (let last: Unfinished | null = null; ; ) {
        const page: readonly Unfinished[] = await listUnfinished(world, 3, last, 2);
        if (page.length === 0) return seen.join(' ');
        seen.push(page.map(({ digest }) => digest[7]).join(''));
        last = page.at(-1)!;
      }
    };
    assert.equal(await pages(), '23 41');
    const second = { account: 'still', digest: `sha256:${'2'.repeat(64)}` };
    await moveImage(world, second, 'failed', 1, { failure: 'x' });
    assert.equal(await pages(), '34 1');
  });
});
