import assert from 'node:assert/strict';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { acquirePidLock, type LockRequest } from '#platform/local/pid-lock.ts';
import { startChild } from '#test/support/child-process.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';
import { testClock } from '#test/support/test-clock.ts';

const request = (more: Partial<LockRequest> = {}): LockRequest => ({
  purpose: 'scan',
  waitMs: 0,
  clock: testClock(undefined, { selfWinding: true }),
  ...more,
});

async function holding(folder: string, ...args: string[]) {
  const child = startChild('hold-lock.ts', folder, ...args);
  assert.equal(await child.line(), 'ready');
  child.go();
  assert.equal(await child.line(), 'taken');
  return child;
}

test('one process has the folder, and who asks meanwhile is told who, what for and what to do', async () => {
  await using folder = await temporaryFolder();
  await using server = await holding(folder.path, 'serve', 'http://127.0.0.1:8228');
  const waits = request({ waitMs: 60_000, onWait: () => assert.fail('a server is not waited for') });
  await assert.rejects(
    acquirePidLock(folder.path, waits),
    isFault(
      'data/in-use',
      new RegExp(`in use by process ${server.pid} .*plimsoll serve at http://127\\.0\\.0\\.1:8228.*--data`),
    ),
  );
  server.go();
  assert.equal(await server.ended(), 0);
  assert.deepEqual(await readdir(folder.path), [], 'the end of the process gave the lock back');
  using lock = await acquirePidLock(folder.path, request());
  assert.equal(lock.path, join(folder.path, 'lock'));
});

test('a scan is waited for, and not for longer than was asked', async () => {
  await using folder = await temporaryFolder();
  const first = await acquirePidLock(folder.path, request());
  const clock = testClock();
  const waited: number[] = [];
  const second = acquirePidLock(folder.path, request({ clock, waitMs: 60_000, onWait: ({ pid }) => waited.push(pid) }));
  while (waited.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await clock.advance(100);
  first[Symbol.dispose]();
  let done = false;
  const wake = async () => {
    while (!done) {
      await clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const waking = wake();
  using _lock = await second;
  done = true;
  await waking;
  assert.deepEqual(waited, [process.pid]);
  await assert.rejects(
    acquirePidLock(folder.path, request({ waitMs: 500 })),
    isFault('data/in-use', /plimsoll scan\).*if no such process exists, remove/),
  );
});

test('the lock of a killed process is taken over', async () => {
  await using folder = await temporaryFolder();
  const child = await holding(folder.path, 'serve');
  await child.kill();
  assert.deepEqual(await readdir(folder.path), ['lock']);
  (await acquirePidLock(folder.path, request()))[Symbol.dispose]();
  assert.deepEqual(await readdir(folder.path), []);
});

test('a number that was given to another process since is not taken for the holder', {
  skip: process.platform !== 'linux',
}, async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'lock');
  const own = await acquirePidLock(folder.path, request());
  const holder = JSON.parse(await readFile(path, 'utf8'));
  own[Symbol.dispose]();
  await writeFile(path, JSON.stringify({ ...holder, started: '1' }));
  (await acquirePidLock(folder.path, request()))[Symbol.dispose]();
  await writeFile(path, JSON.stringify(holder));
  await assert.rejects(acquirePidLock(folder.path, request()), isFault('data/in-use'));
});

test('a holder of another container or machine counts as alive until it has been silent for long', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'lock');
  const own = await acquirePidLock(folder.path, request());
  const holder = JSON.parse(await readFile(path, 'utf8'));
  own[Symbol.dispose]();
  await writeFile(path, JSON.stringify({ ...holder, pid: 2 ** 22 + 1, space: 'elsewhere' }));
  await assert.rejects(acquirePidLock(folder.path, request()), isFault('data/in-use'));
  const longAgo = Date.now() / 1000 - 600;
  await utimes(path, longAgo, longAgo);
  (await acquirePidLock(folder.path, request()))[Symbol.dispose]();
});

test('a damaged lock file is nobody’s', async () => {
  await using folder = await temporaryFolder();
  for (const text of ['', '{', 'null', '{"pid":"x"}']) {
    await writeFile(join(folder.path, 'lock'), text);
    (await acquirePidLock(folder.path, request()))[Symbol.dispose]();
  }
});

test('of many takers of a dead lock exactly one wins, though a taker before them died half-way', async () => {
  await using folder = await temporaryFolder();
  const dead = await holding(folder.path, 'scan');
  await dead.kill();
  const text = await readFile(join(folder.path, 'lock'), 'utf8');
  await writeFile(join(folder.path, 'lock.break'), text);
  const children = Array.from({ length: 6 }, () => startChild('hold-lock.ts', folder.path, 'scan'));
  try {
    for (const child of children) assert.equal(await child.line(), 'ready');
    for (const child of children) child.go();
    const answers = await Promise.all(children.map((child) => child.line()));
    assert.deepEqual(answers.sort(), [...Array(5).fill('data/in-use'), 'taken']);
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
});

test('takers within one process exclude each other too', async () => {
  await using folder = await temporaryFolder();
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => acquirePidLock(folder.path, request())));
  const taken = results.filter((result) => result.status === 'fulfilled');
  assert.equal(taken.length, 1);
  taken[0]!.value[Symbol.dispose]();
  taken[0]!.value[Symbol.dispose]();
  assert.deepEqual(await readdir(folder.path), []);
});
