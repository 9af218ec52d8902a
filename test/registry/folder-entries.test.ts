import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { folderEntries } from '#registry/sources/folder-entries.ts';
import { temporaryFolder } from '#test/support/temporary-folder.ts';

async function list(path: string, limits = defaultLimits): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of folderEntries(path, limits)) {
    const content: Uint8Array[] = [];
    if (entry.problem === null) for await (const piece of entry.body) content.push(piece);
    const { mode, size, link, problem } = entry;
    lines.push(
      [entry.path, entry.type, mode.toString(8), size, link ?? '-', problem ?? '-', Buffer.concat(content)].join(' '),
    );
  }
  return lines;
}

test('a folder reads like a tar of it: sorted, folders first, links as links, hard links as files', async () => {
  await using folder = await temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  await mkdir(at('b/c'), { recursive: true });
  await mkdir(at('empty'));
  for (const path of ['b', 'b/c', 'empty']) await chmod(at(path), 0o755);
  await writeFile(at('b/c/file'), 'deep', { mode: 0o600 });
  await writeFile(at('b.txt'), 'after b, by bytes', { mode: 0o644 });
  await writeFile(at('a'), 'first');
  await chmod(at('a'), 0o4755);
  await link(at('a'), at('z'));
  await symlink('../../../../etc', at('out'));
  await symlink('nowhere', at('dangling'));
  execFileSync('mkfifo', ['-m', '600', at('pipe')]);
  assert.deepEqual(await list(folder.path), [
    'a file 4755 5 - - first',
    'b dir 755 0 - - ',
    'b/c dir 755 0 - - ',
    'b/c/file file 600 4 - - deep',
    'b.txt file 644 17 - - after b, by bytes',
    'dangling symlink 777 0 nowhere - ',
    'empty dir 755 0 - - ',
    'out symlink 777 0 ../../../../etc - ',
    'pipe fifo 600 0 - - ',
    'z file 4755 5 - - first',
  ]);
});

test('a socket has no place in a layer', async () => {
  await using folder = await temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder.path, 'socket'), resolve));
  try {
    assert.deepEqual(await list(folder.path), []);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('names that are not UTF-8 are read, a character a byte', async () => {
  await using folder = await temporaryFolder();
  await writeFile(Buffer.concat([Buffer.from(`${folder.path}/a`), Buffer.from([0xff])]), 'x');
  assert.match((await list(folder.path))[0]!, /^aÿ file .* x$/);
});

test('a path over the limit is a problem, not the end', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'n'.repeat(50)), 'x');
  await writeFile(join(folder.path, 'z'), 'x');
  const lines = await list(folder.path, { ...defaultLimits, pathBytes: 40 });
  assert.match(lines[0]!, /longer than pathBytes \(40\)/);
  assert.match(lines[1]!, /^z file/);
});

test('a file that cannot be read is given with the reason', {
  skip: process.getuid?.() === 0 && 'root reads everything',
}, async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'secret'), 'x', { mode: 0 });
  assert.match((await list(folder.path))[0]!, /cannot be read: EACCES/);
});

test('a folder that goes away while it is read is a problem of its entries only', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'a'));
  await writeFile(join(folder.path, 'b'), 'x');
  await writeFile(join(folder.path, 'c'), 'x');
  const seen: string[] = [];
  for await (const entry of folderEntries(folder.path, defaultLimits)) {
    seen.push(`${entry.path} ${entry.problem ?? 'read'}`);
    if (entry.path === 'a') {
      await rm(join(folder.path, 'b'));
      await rename(join(folder.path, 'c'), join(folder.path, 'd'));
      await symlink('/etc/passwd', join(folder.path, 'c'));
    }
  }
  assert.deepEqual(seen, ['a read', 'b cannot be read: ENOENT', 'c read']);
});

test('a file that becomes shorter while it is read is an error, one that grows is cut at the size stated', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'log');
  await writeFile(path, 'twelve bytes');
  for await (const { body, size } of folderEntries(folder.path, defaultLimits)) {
    await writeFile(path, 'twelve bytes and more');
    const content: Uint8Array[] = [];
    for await (const piece of body) content.push(piece);
    assert.deepEqual([size, Buffer.concat(content).toString()], [12, 'twelve bytes']);
  }
  await assert.rejects(async () => {
    for await (const { body } of folderEntries(folder.path, defaultLimits)) {
      await writeFile(path, '');
      for await (const piece of body) void piece;
    }
  }, /became shorter/);
});

test('what is no folder is refused', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'file'), 'x');
  for (const path of ['file', 'nothing']) {
    await assert.rejects(list(join(folder.path, path)), (thrown: Fault) => thrown.code === 'image/not-an-image');
  }
});
