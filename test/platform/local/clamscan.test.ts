import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { malwareScanner } from '#platform/local/malware-scanner.ts';
import type { MalwareAnswer, SuspectFile } from '#platform/malware.ts';
import { isFault } from '#test/support/is-fault.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

const absent = spawnSync('clamscan', ['--version']).status === 0 ? false : 'clamscan (Debian: clamav) is not installed';

const clamscan = (databases: string, program = 'clamscan') =>
  malwareScanner({ scanner: 'clamscan', program, databases })!;

async function* files(...bodies: readonly string[]): AsyncGenerator<SuspectFile> {
  for (const [at, body] of bodies.entries()) yield { id: `f${at}`, body: [Buffer.from(body)] };
}

async function scanned(scanner: ReturnType<typeof clamscan>, suspects: AsyncIterable<SuspectFile>, folder: string) {
  const answers: MalwareAnswer[] = [];
  for await (const answer of scanner.scan(suspects, { temporaryPath: join(folder, 'scan') })) answers.push(answer);
  return answers.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

/** A database of two signatures of our own (ClamAV manual, "Body-based signatures"). */
async function writeDatabase(folder: string): Promise<string> {
  const databases = join(folder, 'db');
  await mkdir(databases);
  const line = (name: string, text: string) => `${name}:0:*:${Buffer.from(text).toString('hex')}\n`;
  await writeFile(join(databases, 'own.ndb'), line('Own.One', 'plimsoll one') + line('Own.Two', 'plimsoll two'));
  return databases;
}

test('clamscan gives every signature of every file, and leaves nothing behind', { skip: absent }, async () => {
  await using folder = await temporaryFolder();
  const scanner = clamscan(await writeDatabase(folder.path));
  const suspects = files('clean', 'a plimsoll one', 'plimsoll one and plimsoll two', '0: Own.Two FOUND');
  const found = (id: string, signature: string) => ({ kind: 'found', id, signature: `${signature}.UNOFFICIAL` });
  assert.deepEqual(await scanned(scanner, suspects, folder.path), [
    found('f1', 'Own.One'),
    found('f2', 'Own.One'),
    found('f2', 'Own.Two'),
  ]);
  assert.deepEqual(await readdir(folder.path), ['db']);
});

test('a clean result is one, also of no file at all', { skip: absent }, async () => {
  await using folder = await temporaryFolder();
  const scanner = clamscan(await writeDatabase(folder.path));
  assert.deepEqual(await scanned(scanner, files('clean'), folder.path), []);
  assert.deepEqual(await scanned(scanner, files(), folder.path), []);
});

test('clamscan without databases gives no result', { skip: absent }, async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    scanned(clamscan(join(folder.path, 'none')), files('x'), folder.path),
    isFault('network/unreachable', /clamscan did not do it \(.+\); see that it is installed/),
  );
  assert.deepEqual(await readdir(folder.path), []);
});

test('a program that is not there gives no result', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    scanned(clamscan(folder.path, join(folder.path, 'clamscan')), files('x'), folder.path),
    isFault('network/unreachable', /did not do it \(ENOENT\)/),
  );
  assert.deepEqual(await readdir(folder.path), []);
});

test('what cannot be read ends the scan with its own reason, and leaves nothing behind', async () => {
  await using folder = await temporaryFolder();
  async function* broken(): AsyncGenerator<SuspectFile> {
    yield { id: 'a', body: [Buffer.from('a')] };
    throw new Error('the layer is cut off');
  }
  await assert.rejects(scanned(clamscan(folder.path), broken(), folder.path), /the layer is cut off/);
  assert.deepEqual(await readdir(folder.path), []);
});

test('versions of databases are those of their headers', async () => {
  await using folder = await temporaryFolder();
  const header = (version: number) =>
    `ClamAV-VDB:21 Nov 2026 08-26 +0000:${version}:2077164:90:x:y:raynman:1`.padEnd(512);
  await writeFile(join(folder.path, 'daily.cld'), header(27811));
  await writeFile(join(folder.path, 'main.cvd'), header(62));
  await writeFile(join(folder.path, 'bytecode.cvd'), 'damaged');
  await writeFile(join(folder.path, 'own.ndb'), header(1));
  assert.deepEqual(await clamscan(folder.path).databases(), { daily: '27811', main: '62' });
  assert.deepEqual(await clamscan(join(folder.path, 'none')).databases(), {});
});
