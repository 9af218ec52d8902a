import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFile, type FileState } from '#analysis/os/check-file.ts';
import { digestOf, type ExpectedFile, expectedText, readExpected, unknownFile } from '#analysis/os/expected-file.ts';
import type { FileEntry } from '#schema/layer-report.ts';

const file: FileEntry = {
  ...{ path: 'a', type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, sha256: 'ab'.repeat(32), link: null },
};
const sha256 = { algorithm: 'sha256', hex: 'ab'.repeat(32) } as const;
const md5 = { algorithm: 'md5', hex: 'cd'.repeat(16) } as const;
const numbers = { users: new Map([['keeper', 7]]), groups: new Map([['mail', 8]]) };

const check = (
  expected: Partial<ExpectedFile>,
  actual: Partial<FileEntry> | null = {},
  digests: Readonly<Record<string, string>> = {},
): FileState =>
  checkFile(
    { ...unknownFile, ...expected },
    actual === null ? null : { ...file, ...actual },
    new Map(Object.entries(digests)),
    numbers,
  );

test('a file is intact when all holds that is said of it, and present when nothing is said', () => {
  assert.deepEqual(check({ digest: sha256, mode: 0o644, owner: 'root:root' }), { kind: 'intact' });
  assert.deepEqual(check({ mode: 0o644 }), { kind: 'intact' });
  assert.deepEqual(check({ digest: sha256 }, { type: 'hardlink', link: 'b' }), { kind: 'intact' });
  assert.deepEqual(check({}), { kind: 'present' });
  assert.deepEqual(check({}, { type: 'dir', sha256: null }), { kind: 'present' });
});

test('what is not there is missing, unless it need not be there', () => {
  assert.deepEqual(check({ digest: sha256 }, null), { kind: 'missing' });
  assert.deepEqual(check({ digest: sha256, config: true }, null), { kind: 'missing' });
  assert.deepEqual(check({ digest: sha256, optional: true }, null), { kind: 'left-out' });
});

test('all that has changed is told, in one order', () => {
  assert.deepEqual(check({ digest: sha256, mode: 0o755, owner: '1:0' }, { sha256: 'ef'.repeat(32) }), {
    kind: 'changed',
    what: ['content', 'mode', 'owner'],
  });
  assert.deepEqual(check({ digest: sha256, mode: 0o644 }, { type: 'fifo', sha256: null, mode: 0 }), {
    kind: 'changed',
    what: ['type'],
  });
  assert.deepEqual(check({ mode: 0o755 }, { type: 'hardlink', link: 'b' }), { kind: 'changed', what: ['mode'] });
  assert.deepEqual(check({ mode: 0o4755 }, { mode: 0o755 }), { kind: 'changed', what: ['mode'] });
});

test('a digest that nobody made of the file is not read, but other changes count', () => {
  assert.deepEqual(check({ digest: md5 }), { kind: 'unread', algorithm: 'md5' });
  assert.deepEqual(check({ digest: md5 }, {}, { md5: md5.hex }), { kind: 'intact' });
  assert.deepEqual(check({ digest: md5 }, {}, { md5: 'ee'.repeat(16) }), { kind: 'changed', what: ['content'] });
  assert.deepEqual(check({ digest: md5, mode: 0o600 }), { kind: 'changed', what: ['mode'] });
});

test('of a link the target is compared, and its mode never', () => {
  const target = digestOf(Buffer.from('0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33', 'hex'));
  const link = { type: 'symlink', link: 'foo', sha256: null, mode: 0o777 } as const;
  assert.deepEqual(check({ digest: target, mode: 0o644 }, link), { kind: 'intact' });
  assert.deepEqual(check({ digest: target }, { ...link, link: 'bar' }), { kind: 'changed', what: ['content'] });
  assert.deepEqual(check({ digest: md5 }, link), { kind: 'changed', what: ['type'] });
});

test('owners are compared by number, by names that the image explains, and not by others', () => {
  assert.deepEqual(check({ owner: 'keeper:mail' }, { uid: 7, gid: 8 }), { kind: 'present' });
  assert.deepEqual(check({ owner: 'keeper:mail' }, { uid: 7, gid: 9 }), { kind: 'changed', what: ['owner'] });
  assert.deepEqual(check({ owner: 'nobody-knows:mail' }, { uid: 70, gid: 8 }), { kind: 'present' });
  assert.deepEqual(check({ owner: '0:42' }, { uid: 0, gid: 0 }), { kind: 'changed', what: ['owner'] });
});

test('what is expected of a file comes back as it was written', () => {
  const all: readonly ExpectedFile[] = [
    unknownFile,
    { digest: sha256, mode: 0o4755, owner: 'root:mail', config: true, optional: true },
    { digest: md5, mode: null, owner: null, config: false, optional: true },
    { digest: null, mode: 0, owner: '0:0', config: true, optional: false },
    ...[16, 20, 28, 32, 48, 64].map((bytes) => ({ ...unknownFile, digest: digestOf(Buffer.alloc(bytes, bytes)) })),
  ];
  for (const one of all) assert.deepEqual(readExpected(expectedText(one)), one);
  assert.deepEqual(readExpected(expectedText({ ...unknownFile, owner: 'a|b,c:d' })), unknownFile);
  assert.equal(digestOf(Buffer.alloc(15)), null);
});
