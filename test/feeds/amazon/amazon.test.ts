import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { silentLog } from '#core/log.ts';
import type { Fetched, Mark } from '#feeds/feed.ts';
import { amazon } from '#feeds/feeds/amazon.ts';
import { mirrored } from '#feeds/mirror.ts';
import { testClock } from '../../support/test-clock.ts';

const repository = 'cdn.amazonlinux.com/al2023/kernel-livepatch/guids/dd/x86_64/repodata';

type Fetch = (mark: Mark | null) => Promise<Fetched>;

/** What Amazon serves for Amazon Linux 2023, to be changed. */
async function inMirror(work: (fetch: Fetch, put: (file: string, text: string) => Promise<void>) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-amazon-'));
  try {
    await cp(path.join(import.meta.dirname, 'cases/release-2023/mirror'), folder, { recursive: true });
    const fetch = mirrored(async (url) => assert.fail(`nothing may be fetched: ${url}`), folder);
    const world = { fetch, clock: testClock(), log: silentLog, temporaryFile: () => assert.fail('no file is needed') };
    await work(
      (mark) => amazon.fetch(world, 'amazon:2023', mark),
      (file, text) => writeFile(path.join(folder, file), text),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function read(fetched: Fetched): Promise<number> {
  assert(fetched.kind === 'changed');
  let count = 0;
  for await (const _ of fetched.records()) count++;
  return count;
}

const isFault = (form: RegExp) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === 'feed/failed' && form.test(thrown.message);

test('Amazon Linux is unchanged while the checksums of all repositories are, also where a mirror moves', () =>
  inMirror(async (fetch, put) => {
    const first = await fetch(null);
    assert(first.kind === 'changed');
    assert.equal(await read(first), 2);
    assert.deepEqual(await fetch(first.mark), { kind: 'unchanged' });
    await put(`${repository}/repomd.xml`, '<repomd><revision>2</revision></repomd>');
    const second = await fetch(first.mark);
    assert.equal(await read(second), 1);
  }));

test('updates of Amazon Linux that are not those that the repository promised end the sync', () =>
  inMirror(async (fetch, put) => {
    await put(`${repository}/updateinfo.xml`, '<updates></updates>');
    await assert.rejects(read(await fetch(null)), isFault(/checksum is not the promised one/));
  }));

test('a repository of Amazon Linux elsewhere, or without a checksum, is refused', () =>
  inMirror(async (fetch, put) => {
    const list = 'cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list';
    for (const line of ['https://amazonlinux.com.example/x', 'file:///etc', 'https://notamazonlinux.com/x', '']) {
      await put(list, line);
      await assert.rejects(fetch(null), isFault(/names no repository of Amazon/), line);
    }
    await put(list, 'https://cdn.amazonlinux.com/al2023/core/guids/cc/x86_64/');
    for (const data of [
      '<location href="repodata/updateinfo.xml"/>',
      '<checksum type="md5">d41d8cd98f00b204e9800998ecf8427e</checksum><location href="repodata/updateinfo.xml"/>',
      `<checksum type="sha256">${'0'.repeat(64)}</checksum><location href="../../updateinfo.xml"/>`,
    ]) {
      await put(`${repository}/repomd.xml`, `<repomd><data type="updateinfo">${data}</data></repomd>`);
      await assert.rejects(fetch(null), isFault(/without a checksum or place/), data);
    }
  }));

test('Amazon Linux has groups for the releases that it has repositories of', () => {
  assert.deepEqual(['amzn:1', 'amzn:2', 'amzn:2023'].map(amazon.groupsFor), [
    ['amazon:1'],
    ['amazon:2'],
    ['amazon:2023'],
  ]);
  assert.deepEqual(['amzn:2022', 'amzn:', 'amzn:constructor', 'amazon:2'].flatMap(amazon.groupsFor), []);
});
