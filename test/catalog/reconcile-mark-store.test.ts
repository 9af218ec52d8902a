import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcileMark, setReconcileMark } from '#catalog/reconcile-mark-store.ts';
import { inRollback } from '#test/support/database.ts';

test('a mark is what was set last, one a name', async () => {
  await inRollback(async (sql) => {
    assert.equal(await reconcileMark({ sql }, 'one'), null);
    for (const repository of ['a/b', 'c']) await setReconcileMark({ sql }, 'one', repository);
    await setReconcileMark({ sql }, 'other', 'd');
    assert.deepEqual([await reconcileMark({ sql }, 'one'), await reconcileMark({ sql }, 'other')], ['c', 'd']);
  });
});
