import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { silentLog } from '#core/log.ts';
import { kev } from '#feeds/feeds/kev.ts';
import { cpeRanges } from '#feeds/nvd/cpe-ranges.ts';
import { testClock } from '../../support/test-clock.ts';

const shared = new URL('../../../../shared/feeds/', import.meta.url);
const skip = !existsSync(shared);
const why = skip ? ' (skipped: ../shared/feeds is not here)' : '';

const textOf = (file: string) => zstdDecompressSync(readFileSync(new URL(file, shared)));

test(`every entry of CISA's catalogue of August 2025 is read${why}`, { skip }, async () => {
  const fetched = await kev.fetch(
    {
      fetch: async () => new Response(textOf('kev/known_exploited_vulnerabilities.json.zst')),
      clock: testClock(),
      log: silentLog,
      temporaryFile: (name) => assert.fail(`no file is needed: ${name}`),
    },
    'kev',
    null,
  );
  assert(fetched.kind === 'changed');
  const records = await Array.fromAsync(fetched.records());
  assert.equal(records.length, 1404);
  assert.deepEqual(
    records.filter((record) => 'reason' in record),
    [],
  );
});

test(`nearly all of a quarter of the 32,184 corrections of NVD of August 2026 name applications${why}`, {
  skip,
}, () => {
  const lines = textOf('nvd/anchore-nvd-overrides.jsonl.zst').toString('utf8').trim().split('\n');
  let named = 0;
  const problems: string[] = [];
  // A quarter of them, to be quick.
  for (const line of lines.filter((_, at) => at % 4 === 0)) {
    const read = cpeRanges((JSON.parse(line) as { cve: { configurations?: unknown } }).cve.configurations);
    if (read.ranges.length > 0) named++;
    problems.push(...read.problems);
  }
  assert.equal(lines.length, 32_184);
  assert(named > 7250, `${named} name an application`);
  assert.deepEqual(
    problems.filter((problem) => !problem.endsWith('names no product')),
    [],
  );
  assert(problems.length < 20, problems.join('\n'));
});
