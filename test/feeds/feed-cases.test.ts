import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { silentLog } from '#core/log.ts';
import type { FeedRecord } from '#feeds/advisory.ts';
import { findGroup } from '#feeds/feed-group.ts';
import { feeds } from '#feeds/feeds.ts';
import { mirrored } from '#feeds/mirror.ts';
import { testClock } from '../support/test-clock.ts';
import { packArchives } from './pack-archives.ts';
import { zip } from './zip.ts';

const here = import.meta.dirname;
const bucket = 'storage.googleapis.com/osv-vulnerabilities';

for (const feed of feeds) {
  const cases = path.join(here, feed.name, 'cases');
  // An upstream that is asked by questions has no files to mirror: it is tested beside.
  for (const name of existsSync(cases) ? await readdir(cases) : []) {
    test(`${feed.name} reads the upstream files of the case ${name} as wanted`, async () => {
      const folder = path.join(cases, name);
      const got = await readCase(folder);
      const want = path.join(folder, 'want.json');
      assert.deepEqual(got, JSON.parse(await readFile(want, 'utf8')));
    });
  }
}

/** Everything a feed makes of the files of a case, sorted by record. */
async function readCase(folder: string) {
  const { group: name } = JSON.parse(await readFile(path.join(folder, 'case.json'), 'utf8'));
  const { feed, group } = findGroup(name);
  const temporary = await mkdtemp(path.join(tmpdir(), 'plimsoll-feeds-'));
  try {
    const mirror = path.join(temporary, 'mirror');
    await layOut(folder, mirror);
    const world = {
      fetch: mirrored(async (url) => assert.fail(`nothing may be fetched: ${url}`), mirror),
      clock: testClock(Date.UTC(2031, 5, 1)),
      log: silentLog,
      temporaryFile: (file: string) => path.join(temporary, file.replaceAll(/\W/g, '-')),
    };
    const fetched = await feed.fetch(world, group, null);
    assert(fetched.kind === 'changed', `the group is ${fetched.kind}`);
    const records: FeedRecord[] = [];
    for await (const record of fetched.records()) records.push(record);
    const sorted = records.sort((a, b) => (a.record < b.record ? -1 : a.record > b.record ? 1 : 0));
    return {
      missing: fetched.missing,
      advisories: sorted.filter((record) => 'affected' in record),
      ...someOf(
        'enrichments',
        sorted.filter((record) => 'facts' in record),
      ),
      ...someOf(
        'removed',
        sorted.filter((record) => 'removed' in record),
      ),
      setAside: sorted.filter((record) => 'reason' in record),
    };
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/**
 * The files of a case as upstream serves them: those under `mirror` as they are, under `gzips` as `.gz`, under `zips` zipped,
 * and under `archives` each folder that is called `*.tar.xz` or `*.tar.zst` as such an archive.
 */
async function layOut(folder: string, mirror: string): Promise<void> {
  await mkdir(mirror);
  const parts = await readdir(folder);
  if (parts.includes('mirror')) await cp(path.join(folder, 'mirror'), mirror, { recursive: true });
  if (parts.includes('archives')) await packArchives(path.join(folder, 'archives'), mirror);
  if (parts.includes('gzips')) {
    for (const file of await readdir(path.join(folder, 'gzips'), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const place = path.join(mirror, path.relative(path.join(folder, 'gzips'), file.parentPath));
      await mkdir(place, { recursive: true });
      const content = await readFile(path.join(file.parentPath, file.name));
      await writeFile(path.join(place, `${file.name}.gz`), gzipSync(content));
    }
  }
  if (!parts.includes('zips')) return;
  for (const ecosystem of await readdir(path.join(folder, 'zips'))) {
    const files = path.join(folder, 'zips', ecosystem);
    const names = (await readdir(files)).sort();
    const entries = names.map(async (name) => ({ name, content: await readFile(path.join(files, name)) }));
    await mkdir(path.join(mirror, bucket, ecosystem), { recursive: true });
    await writeFile(path.join(mirror, bucket, ecosystem, 'all.zip'), zip(await Promise.all(entries)));
  }
}

/** Most feeds have none of these: their cases say nothing of them. */
function someOf(name: string, records: readonly FeedRecord[]): Readonly<Record<string, readonly FeedRecord[]>> {
  return records.length === 0 ? {} : { [name]: records };
}
