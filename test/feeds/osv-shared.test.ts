import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { osvEcosystems } from '#feeds/osv/osv-ecosystems.ts';
import { osvAdvisory } from '#feeds/osv/osv-record.ts';
import { storedAdvisory } from '#feeds/stored-record.ts';

const shared = new URL('../../../shared/feeds/osv/', import.meta.url);
const skip = !existsSync(shared);
const why = skip ? ' (skipped: ../shared/feeds is not here)' : '';

/** Records of a database, advisories that come of them, and records of which something cannot be read or placed. */
const databases: readonly (readonly [
  file: string,
  group: string,
  records: number,
  advisories: number,
  aside: number,
])[] = [
  ['pypi', 'osv:PyPI', 2661, 2651, 0],
  ['crates.io', 'osv:crates.io', 1206, 727, 4],
  ['packagist-drupal', 'osv:Packagist', 591, 591, 0],
  ['julia', 'osv:Julia', 1703, 1699, 0],
  ['hackage', 'osv:Hackage', 35, 32, 0],
  ['cran', 'osv:CRAN', 14, 14, 0],
];

for (const [file, group, records, advisories, aside] of databases) {
  test(`of ${records} real records of ${file} all are read but those that are none${why}`, { skip }, () => {
    const text = zstdDecompressSync(readFileSync(new URL(`${file}.jsonl.zst`, shared))).toString('utf8');
    const lines = text.trim().split('\n');
    const read = lines.flatMap((line) =>
      osvAdvisory(JSON.parse(line), 'file', osvEcosystems[group]!, Date.UTC(2026, 10, 1)),
    );
    const stored = read.flatMap((one) => ('affected' in one ? storedAdvisory(one) : []));
    const reasons = [...read.filter((one) => 'reason' in one), ...stored.flatMap((one) => one.aside ?? [])];
    assert.equal(lines.length, records);
    assert.equal(stored.length, advisories);
    assert.ok(stored.every((one) => one.stored !== null));
    assert.equal(reasons.length, aside, JSON.stringify(reasons.slice(0, 5)));
  });
}
