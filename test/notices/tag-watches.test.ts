import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAccount } from '#access/account-store.ts';
import { ensureSubscriptions } from '#notices/subscription-store.ts';
import { tagWatches } from '#notices/tag-watches.ts';
import { inRollback } from '#test/support/database.ts';

test('tags are watched whose verdicts or vulnerabilities are subscribed to, with the digests that a value names', () =>
  inRollback(async (sql) => {
    for (const name of ['crew', 'other'])
      await addAccount({ sql }, { name, type: 'user', user: `${name}-user`, password: 'x' }, 1);
    const values = [
      ['plain', null, []],
      ['named', '{"digests":["sha256:1","sha256:2"]}', ['sha256:1', 'sha256:2']],
      ['mixed', '{"digests":["sha256:1",2,null,{"a":1}]}', ['sha256:1']],
      ['text', 'no JSON', []],
      ['null', 'null', []],
      ['list', '["sha256:1"]', []],
      ['object', '{"digests":{"0":"sha256:1"}}', []],
      ['many', JSON.stringify({ digests: Array(5000).fill('x') }), Array(1000).fill('x')],
    ] as const;
    const wanted = values.map(([key, value]) => ({ key, value, type: 'policy_eval', active: true }) as const);
    await ensureSubscriptions({ sql }, 'crew', wanted, 1);
    await ensureSubscriptions(
      { sql },
      'crew',
      [
        { key: 'plain', type: 'vuln_update', active: true },
        { key: 'named', type: 'vuln_update', active: false },
        { key: 'plain', type: 'tag_update', active: true },
      ],
      1,
    );
    await ensureSubscriptions({ sql }, 'other', [{ key: 'unwatched', type: 'policy_eval', active: true }], 1);
    const found = await tagWatches({ sql }, 'crew', [...values.map(([key]) => key), 'unwatched']);
    const byTag = (type: string) =>
      Object.fromEntries(found.filter((one) => one.type === type).map(({ tag, digests }) => [tag, digests]));
    assert.deepEqual(byTag('policy_eval'), Object.fromEntries(values.map(([key, , digests]) => [key, digests])));
    assert.deepEqual(byTag('vuln_update'), { plain: [] });
  }));

test('watches whose values fill more than one answer of the database are all found', () =>
  inRollback(async (sql) => {
    await addAccount({ sql }, { name: 'crew', type: 'user', user: 'captain', password: 'x' }, 1);
    const value = JSON.stringify({ note: 'x'.repeat(32_000) });
    const tags = Array.from({ length: 90 }, (_, n) => `r/app:${n}`);
    for (const tag of tags)
      await ensureSubscriptions({ sql }, 'crew', [{ key: tag, value, type: 'vuln_update', active: true }], 1);
    assert.equal((await tagWatches({ sql }, 'crew', tags)).length, tags.length);
  }));
