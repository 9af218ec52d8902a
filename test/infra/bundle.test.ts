import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle } from '../../infra/bundle.ts';

test('a bundle is one module that loads by itself, with its source map and its files beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bundle-'));
  try {
    const file = join(folder, 'main.mjs');
    const { size, metafile } = bundle('layers/policy/gates.ts', file, { files: ['schema/sql'] });
    assert.ok(size > 1000 && size < 2_000_000);
    assert.ok(Object.keys(metafile.inputs).length > 5);
    const loaded = (await import(file)) as { gates: readonly unknown[] };
    assert.ok(loaded.gates.length > 0);
    assert.ok(existsSync(`${file}.map`));
    assert.ok(existsSync(join(folder, 'schema/sql/0001-access.sql')));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('of a bundle in parts, what is imported by a call is not loaded before it is called', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bundle-'));
  try {
    const whole = bundle('functions/catalog/on-ecr-event.ts', join(folder, 'whole/main.mjs'));
    const parts = bundle('functions/catalog/on-ecr-event.ts', join(folder, 'parts/main.mjs'), { split: true });
    const files = (name: string) => readdirSync(join(folder, name)).filter((one) => one.endsWith('.mjs'));
    assert.deepEqual(files('whole'), ['main.mjs']);
    assert.ok(files('parts').length > 5 && files('parts').includes('main.mjs'));
    assert.equal(whole.size, statSync(join(folder, 'whole/main.mjs')).size);
    assert.ok(parts.size > statSync(join(folder, 'parts/main.mjs')).size, 'what it imports at once is counted');
    assert.ok(parts.size < whole.size / 3, `${parts.size} of ${whole.size}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an entry that is not there is told by its path', () => {
  assert.throws(() => bundle('functions/nothing/main.ts', '/nowhere/main.mjs'), /functions\/nothing\/main\.ts/);
});
