import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { silentLog } from '#core/log.ts';
import { affectedRows } from '#feeds/affected-rows.ts';
import { azurelinux } from '#feeds/feeds/azurelinux.ts';
import { testClock } from '../../support/test-clock.ts';

const shared = new URL('../../../../shared/feeds/azurelinux/', import.meta.url);
const skip = !existsSync(shared);
const why = skip ? ' (skipped: ../shared/feeds is not here)' : '';

test(`every definition of Microsoft's OVAL of 2024 is placed, or set aside for its version${why}`, {
  skip,
}, async () => {
  const counts: Record<string, number> = {};
  const count = (name: string) => (counts[name] = (counts[name] ?? 0) + 1);
  for (const [group, file] of [
    ['azurelinux:3.0', 'azurelinux-3.0-oval.xml.zst'],
    ['mariner:2.0', 'cbl-mariner-2.0-oval.older.xml.zst'],
  ] as const) {
    const world = {
      fetch: async () => new Response(zstdDecompressSync(readFileSync(new URL(file, shared)))),
      clock: testClock(),
      log: silentLog,
      temporaryFile: (name: string) => assert.fail(`no file is needed: ${name}`),
    };
    const fetched = await azurelinux.fetch(world, group, null);
    assert(fetched.kind === 'changed');
    for await (const record of fetched.records()) {
      if ('reason' in record) count(record.reason);
      if (!('affected' in record)) continue;
      count(group);
      const { rows, problems } = affectedRows(record);
      assert.deepEqual(problems, []);
      for (const { status, state } of rows) count(`${state} ${status}`);
    }
  }
  assert.deepEqual(counts, {
    'azurelinux:3.0': 1005,
    'mariner:2.0': 2088,
    'fixed 0': 6698,
    'not-fixed 0': 320,
    'it names no versions of a package': 3,
  });
});
