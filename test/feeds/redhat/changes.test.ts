import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#core/log.ts';
import type { FeedRecord } from '#feeds/advisory.ts';
import type { Fetched, FeedWorld, Mark } from '#feeds/feed.ts';
import { redhat } from '#feeds/feeds/redhat.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';
import { pathOf, type VexFolder, vexFolder, vexText } from './vex-folder.ts';

const now = Date.UTC(2031, 5, 1);
const archive = 'csaf_vex_2031-05-20.tar.zst';

async function withWorld(fetch: FeedWorld['fetch'], use: (world: FeedWorld) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await use({
    fetch,
    clock: testClock(now, { selfWinding: true }),
    log: silentLog,
    temporaryFile: (name) => join(folder.path, name),
  });
}

async function recordsOf(fetched: Fetched): Promise<readonly FeedRecord[]> {
  assert(fetched.kind === 'changed', `the group is ${fetched.kind}`);
  const records: FeedRecord[] = [];
  for await (const record of fetched.records()) records.push(record);
  return records;
}

const told = (records: readonly FeedRecord[]) =>
  records.map((one) => {
    if ('removed' in one) return `${one.record} removed`;
    return 'affected' in one
      ? `${one.record} ${one.affected.map(({ name }) => name)}`
      : `${one.record}: ${'reason' in one ? one.reason : ''}`;
  });

/** An archive of two documents of which one changed later. */
function someFolder(): VexFolder {
  const folder = vexFolder();
  folder.archive(archive, {
    'CVE-2030-1001': vexText('CVE-2030-1001', 'bash'),
    'CVE-2030-1002': vexText('CVE-2030-1002', 'zlib'),
  });
  folder.changed(['CVE-2030-1002', '2031-05-30T10:00:00+00:00'], ['CVE-2030-1001', '2031-05-02T10:00:00+00:00']);
  folder.files.set(pathOf('CVE-2030-1002'), vexText('CVE-2030-1002', 'zlib-ng'));
  return folder;
}

async function markOf(world: FeedWorld): Promise<Mark> {
  const fetched = await redhat.fetch(world, 'redhat', null);
  await recordsOf(fetched);
  assert(fetched.kind === 'changed');
  return fetched.mark;
}

test('what changed since the archive was made is read as it is now, and only that is asked for by itself', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    const fetched = await redhat.fetch(world, 'redhat', null);
    assert.deepEqual(told(await recordsOf(fetched)), ['CVE-2030-1002 zlib-ng.src', 'CVE-2030-1001 bash.src']);
    assert(fetched.kind === 'changed' && fetched.complete !== false);
    assert.deepEqual(folder.asked(), [
      ...['changes.csv', 'deletions.csv', 'archive_latest.txt', archive],
      pathOf('CVE-2030-1002'),
    ]);
  });
});

test('lists that did not change are two requests', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    const mark = await markOf(world);
    folder.asked();
    assert.deepEqual(await redhat.fetch(world, 'redhat', mark), { kind: 'unchanged' });
    assert.deepEqual(folder.asked(), ['changes.csv', 'deletions.csv']);
  });
});

test('a change costs its document; documents that are deleted, gone or about other products are removed', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    const mark = await markOf(world);
    folder.asked();
    folder.changed(
      ['CVE-2031-1', '2031-05-31T23:00:00+00:00'],
      ['CVE-2031-1005', '2031-05-31T22:00:00+00:00'],
      ['CVE-2031-1004', '2031-05-31T21:00:00+00:00'],
      ['CVE-2031-1003', '2031-05-31T20:00:00+00:00'],
      ['CVE-2030-1002', '2031-05-31T19:00:00+00:00'],
      ['CVE-2030-1001', '2031-05-02T10:00:00+00:00'],
    );
    folder.files.set('deletions.csv', `"${pathOf('CVE-2030-1001')}","2031-05-31T10:00:00+00:00"\n`);
    folder.files.set(pathOf('CVE-2030-1002'), vexText('CVE-2030-1002', 'zlib'));
    folder.files.set(pathOf('CVE-2031-1004'), vexText('CVE-2031-1004', 'etcd', 'cpe:/a:redhat:openshift:4'));
    folder.files.set(pathOf('CVE-2031-1005'), '{"document": "redhat:enterprise_linux"');
    const fetched = await redhat.fetch(world, 'redhat', mark);
    assert(fetched.kind === 'changed' && fetched.complete === false);
    const [unread, ...others] = told(await recordsOf(fetched));
    assert.match(unread!, /lines of its lists that name no document of a CVE: 1$/);
    assert.deepEqual(others, [
      'CVE-2030-1001 removed',
      'CVE-2030-1002 zlib.src',
      'CVE-2031-1003 removed',
      'CVE-2031-1004 removed',
      'CVE-2031-1005: reading CVE-2031-1005: it is not JSON',
    ]);
    assert(!folder.asked().includes(archive));
    folder.asked();
    assert.deepEqual(await redhat.fetch(world, 'redhat', fetched.mark), { kind: 'unchanged' });
  });
});

test('a document that came back after it was deleted is not removed', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    const mark = await markOf(world);
    folder.changed(['CVE-2030-1001', '2031-05-31T12:00:00+00:00']);
    folder.files.set('deletions.csv', `"${pathOf('CVE-2030-1001')}","2031-05-31T10:00:00+00:00"\n`);
    folder.files.set(pathOf('CVE-2030-1001'), vexText('CVE-2030-1001', 'bash'));
    assert.deepEqual(told(await recordsOf(await redhat.fetch(world, 'redhat', mark))), ['CVE-2030-1001 bash.src']);
  });
});

test('what is deleted since the archive was made is not read from it', async () => {
  const folder = someFolder();
  folder.files.set('deletions.csv', `"${pathOf('CVE-2030-1001')}","2031-05-25T10:00:00+00:00"\n`);
  await withWorld(folder.fetch, async (world) => {
    const records = await recordsOf(await redhat.fetch(world, 'redhat', null));
    assert.deepEqual(told(records), ['CVE-2030-1002 zlib-ng.src']);
  });
});

test('many changes are had with a new archive, and document by document where there is none', async () => {
  const folder = someFolder();
  const many = Array.from({ length: 1001 }, (_, at) => `CVE-2031-${2000 + at}`);
  const documents = Object.fromEntries(many.map((cve) => [cve, vexText(cve, 'bash')]));
  await withWorld(folder.fetch, async (world) => {
    const mark = await markOf(world);
    folder.changed(...many.map((cve) => [cve, '2031-05-30T11:00:00+00:00'] as const));
    for (const cve of many) folder.files.set(pathOf(cve), documents[cve]!);
    const changes = await redhat.fetch(world, 'redhat', mark);
    assert(changes.kind === 'changed' && changes.complete === false);
    assert.equal((await recordsOf(changes)).length, 1001);
    folder.archive('csaf_vex_2031-05-31.tar.zst', documents);
    folder.asked();
    const fetched = await redhat.fetch(world, 'redhat', mark);
    assert(fetched.kind === 'changed' && fetched.complete !== false);
    assert.equal((await recordsOf(fetched)).length, 1001);
    assert.equal(folder.asked().at(-1), 'csaf_vex_2031-05-31.tar.zst');
  });
});

test('one sync asks for so many documents, and the next for the rest', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    const mark = await markOf(world);
    const minutes = (at: number) => new Date(Date.UTC(2031, 4, 31) + at * 10_000).toISOString();
    folder.changed(...Array.from({ length: 4010 }, (_, at) => [`CVE-2031-${9999 - at}`, minutes(4010 - at)] as const));
    const first = await redhat.fetch(world, 'redhat', mark);
    assert(first.kind === 'changed');
    assert.equal((await recordsOf(first)).length, 4000);
    assert.deepEqual(first.missing, ['10 documents that changed: the next sync goes on']);
    const second = await redhat.fetch(world, 'redhat', first.mark);
    assert(second.kind === 'changed');
    const records = await recordsOf(second);
    assert.equal(records.at(-1)?.record, 'CVE-2031-9999');
    assert.equal(records.length, 11, 'the last one of the first sync comes once more');
    assert.deepEqual(second.missing, []);
  });
});

test('changes of the future hide none that come before them', async () => {
  const folder = someFolder();
  await withWorld(folder.fetch, async (world) => {
    folder.changed(['CVE-2030-1002', '9031-05-30T10:00:00+00:00']);
    const mark = await markOf(world);
    assert(Date.parse(mark['through']!) <= now);
  });
});

test('an archive that is cut off ends the sync', async () => {
  const folder = someFolder();
  const whole = folder.files.get(archive) as Uint8Array<ArrayBuffer>;
  folder.files.set(archive, whole.slice(0, -20));
  await withWorld(folder.fetch, async (world) => {
    const fetched = await redhat.fetch(world, 'redhat', null);
    await assert.rejects(recordsOf(fetched), isFault('feed/failed', /csaf_vex_2031-05-20/));
  });
});

test('an archive that is called like a path elsewhere is refused', async () => {
  const folder = someFolder();
  folder.files.set('archive_latest.txt', '../../../secret.tar.zst');
  await withWorld(folder.fetch, async (world) => {
    await assert.rejects(redhat.fetch(world, 'redhat', null), isFault('feed/failed', /no name of an archive/));
  });
});

test('a folder in which nothing changes any more gives way to the newer one', async () => {
  const older = someFolder();
  const newer = vexFolder('https://security.access.redhat.com/data/csaf/v2/vex-feed/');
  newer.archive('vex-archive.tar.zst', { 'CVE-2030-1003': vexText('CVE-2030-1003', 'curl') });
  newer.changed(['CVE-2030-1003', '2031-05-31T10:00:00+00:00']);
  newer.files.set(pathOf('CVE-2030-1003'), vexText('CVE-2030-1003', 'curl'));
  const fetch: FeedWorld['fetch'] = (url, request) => (url.includes('vex-feed') ? newer : older).fetch(url, request);
  await withWorld(fetch, async (world) => {
    const living = await recordsOf(await redhat.fetch(world, 'redhat', null));
    assert.deepEqual(told(living), ['CVE-2030-1002 zlib-ng.src', 'CVE-2030-1001 bash.src']);
    const mark = await markOf(world);
    older.changed(['CVE-2030-1002', '2031-05-01T10:00:00+00:00']);
    const fetched = await redhat.fetch(world, 'redhat', mark);
    assert(fetched.kind === 'changed' && fetched.complete !== false);
    assert.deepEqual(told(await recordsOf(fetched)), ['CVE-2030-1003 curl.src']);
  });
});

test('without any list of documents the group is absent', async () => {
  await withWorld(vexFolder('https://elsewhere.example/').fetch, async (world) => {
    const fetched = await redhat.fetch(world, 'redhat', null);
    assert.equal(fetched.kind, 'absent');
  });
});
