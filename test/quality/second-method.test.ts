import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { type SemVer, compare, parse } from 'semver';
import { scanReport } from '#schema/scan-report.ts';
import { zip } from '#test/feeds/zip.ts';
import { plimsoll } from '#test/support/command-line.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const shared = join(import.meta.dirname, '../../../shared');
const archive = join(shared, 'images/node-app-alpine-3.13.tar');
const sources = ['derived/osv-from-ghsa-csv-npm', 'osv/ghsa-sample', 'osv/distro-and-other-sample'];
const files = sources.map((name) => join(shared, `feeds/${name}.jsonl.zst`));
const skip = [archive, ...files].every(existsSync) ? false : 'the folder ../shared is not there';

/** The parts of an OSV record (https://ossf.github.io/osv-schema/) that decide whether a version is affected. */
interface OsvRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly withdrawn?: string;
  readonly affected?: readonly OsvAffected[];
}

interface OsvAffected {
  readonly package?: { readonly ecosystem: string; readonly name: string };
  readonly versions?: readonly string[];
  readonly ranges?: readonly {
    readonly type: string;
    readonly events: readonly Readonly<Record<string, string>>[];
  }[];
}

const title =
  'findings of npm packages are those that node-semver gives by the evaluation algorithm of OSV, no more and no fewer';
test(skip === false ? title : `${title} (skipped: ${skip})`, { skip }, async () => {
  await using folder = await temporaryFolder();
  const records = npmRecords();
  const mirror = join(folder.path, 'mirror/storage.googleapis.com/osv-vulnerabilities/npm');
  await mkdir(mirror, { recursive: true });
  await writeFile(
    join(mirror, 'all.zip'),
    zip(records.map((record) => ({ name: `${record.id}.json`, content: JSON.stringify(record) }))),
  );
  const argv = ['--data', join(folder.path, 'data'), '--feeds-mirror', join(folder.path, 'mirror'), '-o', 'json'];
  const { code, out } = await plimsoll(['scan', `oci-archive:${archive}`, ...argv]);
  assert.equal(code, 1);
  const report = scanReport.parse(JSON.parse(out));
  const found = report.findings
    .filter(({ package: { type } }) => type === 'npm')
    .map((finding) => ({
      of: `${finding.package.name}@${finding.package.version}`,
      ids: [finding.id, ...finding.aliases],
    }));
  const wanted = report.packages
    .filter(({ type }) => type === 'npm')
    .flatMap(({ name, version }) =>
      records
        .filter((record) => affects(record, name, version))
        .map(({ id, aliases = [] }) => ({ of: `${name}@${version}`, ids: [id, ...aliases] })),
    );
  const same = (a: (typeof found)[number], b: (typeof found)[number]) =>
    a.of === b.of && a.ids.some((id) => b.ids.includes(id));
  assert.ok(wanted.length > 30, `${wanted.length} records speak of these packages`);
  assert.deepEqual(
    wanted.filter((one) => !found.some((other) => same(one, other))),
    [],
  );
  assert.deepEqual(
    found.filter((one) => !wanted.some((other) => same(one, other))),
    [],
  );
});

/** The records of npm, those of the first file where two have the same id. */
function npmRecords(): readonly OsvRecord[] {
  const records = new Map<string, OsvRecord>();
  for (const file of files)
    for (const line of zstdDecompressSync(readFileSync(file)).toString().split('\n')) {
      if (line.trim() === '') continue;
      const record = JSON.parse(line) as OsvRecord;
      const ofNpm = record.affected?.some((affected) => affected.package?.ecosystem === 'npm') === true;
      if (ofNpm && !records.has(record.id)) records.set(record.id, record);
    }
  return [...records.values()];
}

function affects(record: OsvRecord, name: string, text: string): boolean {
  const version = parse(text);
  if (record.withdrawn !== undefined || version === null) return false;
  return (record.affected ?? [])
    .filter((affected) => affected.package?.ecosystem === 'npm' && affected.package.name === name)
    .some(
      ({ versions = [], ranges = [] }) =>
        versions.includes(text) || ranges.some(({ type, events }) => type !== 'GIT' && within(version, events)),
    );
}

/** Events in order of their versions; each that is not above the version opens or closes the range. */
function within(version: SemVer, events: readonly Readonly<Record<string, string>>[]): boolean {
  const sorted = events
    .flatMap((event) => Object.entries(event))
    .map(([kind, text]) => ({ kind, at: text === '0' ? parse('0.0.0-0')! : parse(text)! }))
    .sort((a, b) => compare(a.at, b.at));
  let open = false;
  for (const { kind, at } of sorted) {
    const order = compare(version, at);
    if (kind === 'introduced' && order >= 0) open = true;
    if (kind === 'fixed' && order >= 0) open = false;
    if (kind === 'last_affected' && order > 0) open = false;
  }
  return open;
}
