import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entryStart, openEntry, openZip, zipEntries } from '#analysis/archives/zip.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import { Fault } from '#core/fault.ts';
import { zip } from '#test/feeds/zip.ts';
import { damagedCopies } from '#test/support/damaged-copies.ts';
import { isFault } from '#test/support/is-fault.ts';

const limit = 1024 * 1024;

/** What is read of an archive: `name content` each, or the problem in the content's place; null for no archive. */
function readAll(bytes: Uint8Array): string[] | null {
  const opened = openZip(memoryAccess(bytes));
  if (opened === null) return null;
  const read: string[] = [];
  try {
    for (const entry of zipEntries(opened)) {
      try {
        read.push(`${entry.name} ${Buffer.from(openEntry(opened, entry, limit).all(limit)).toString()}`);
      } catch (thrown) {
        assert.ok(thrown instanceof Fault, String(thrown));
        read.push(`${entry.name}: ${thrown.message}`);
      }
    }
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown));
    read.push(thrown.message);
  }
  return read;
}

const two = zip([
  { name: 'a.txt', content: 'stored', stored: true },
  { name: 'folder/b.txt', content: 'deflated '.repeat(3) },
]);
const wanted = ['a.txt stored', 'folder/b.txt deflated deflated deflated '];

test('stored and deflated entries are read as they were written', () => {
  assert.deepEqual(readAll(two), wanted);
  assert.deepEqual(readAll(zip([])), []);
});

test('an archive may stand behind a script, with offsets that count from it or from the beginning of the file', () => {
  const script = Buffer.from('#!/bin/sh\nexec java -jar "$0"\n');
  assert.deepEqual(readAll(Buffer.concat([script, two])), wanted);
  // What `zip -A` makes of it: every offset moved by the script.
  const moved = Buffer.concat([script, two]);
  const end = moved.length - 22;
  const directory = moved.readUInt32LE(end + 16) + script.length;
  moved.writeUInt32LE(directory, end + 16);
  for (let at = directory; at < end; at += 46 + moved.readUInt16LE(at + 28)) {
    moved.writeUInt32LE(moved.readUInt32LE(at + 42) + script.length, at + 42);
  }
  assert.deepEqual(readAll(moved), wanted);
});

test('an end within a comment is not taken for the end, and of two archives the last counts', () => {
  const commented = (archive: Buffer, comment: Buffer) => {
    const bytes = Buffer.concat([archive, comment]);
    bytes.writeUInt16LE(comment.length, archive.length - 2);
    return bytes;
  };
  const ends = Buffer.concat(Array.from({ length: 20 }, () => two.subarray(two.length - 22)));
  assert.deepEqual(readAll(commented(two, Buffer.from('a comment'))), wanted);
  assert.deepEqual(readAll(commented(two, ends.fill(0x41, 4, 22))), wanted);
  assert.deepEqual(readAll(commented(two, Buffer.alloc(65_535, 'PK\x05\x06'))), wanted);
  assert.deepEqual(readAll(commented(two, Buffer.alloc(65_535, ' '))), wanted);
  assert.deepEqual(readAll(Buffer.concat([zip([{ name: 'first', content: '' }]), two])), wanted);
});

test('sizes of 64 bits stand in the extra field and in an end of their own', () => {
  const plain = zip([{ name: 'big.txt', content: 'not so big', stored: true }]);
  const directoryAt = plain.readUInt32LE(plain.length - 6);
  const [local, entry] = [plain.subarray(0, directoryAt), Buffer.from(plain.subarray(directoryAt, -22))];
  const extra = Buffer.alloc(4 + 8 + 28);
  extra.writeUInt16LE(0xcafe, 0);
  extra.writeUInt16LE(4, 2);
  extra.writeUInt16LE(1, 8);
  extra.writeUInt16LE(24, 10);
  extra.writeBigUInt64LE(10n, 12);
  extra.writeBigUInt64LE(10n, 20);
  extra.writeBigUInt64LE(0n, 28);
  const wide = Buffer.from(extra.subarray(0, 36));
  for (const at of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, at);
  entry.writeUInt16LE(wide.length, 30);
  const directory = Buffer.concat([entry, wide]);
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06', 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(1n, 24);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(local.length), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(local.length + directory.length), 8);
  const end = Buffer.alloc(22, 0xff);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(0, 20);
  const archive = Buffer.concat([local, directory, end64, locator, end]);
  assert.deepEqual(readAll(archive), ['big.txt not so big']);
  assert.deepEqual(readAll(Buffer.concat([Buffer.from('#!/bin/sh\n'), archive])), ['big.txt not so big']);
});

test('what is no archive, or is cut off, is none', () => {
  for (const bytes of ['', 'PK', 'PK\x03\x04', 'hello', 'PK\x05\x06', 'x'.repeat(100_000)]) {
    assert.equal(readAll(Buffer.from(bytes, 'latin1')), null);
  }
  for (let length = 0; length < two.length; length++) assert.equal(readAll(two.subarray(0, length)), null);
});

test('a damaged directory ends the entries, and keeps those before', () => {
  const damaged = Buffer.from(two);
  const second = damaged.indexOf('PK\x01\x02', damaged.readUInt32LE(damaged.length - 6) + 1, 'latin1');
  damaged.write('XX', second);
  assert.deepEqual(readAll(damaged), ['a.txt stored', 'its directory is damaged']);
  const long = Buffer.from(two);
  long.writeUInt16LE(0xffff, second + 30);
  assert.deepEqual(readAll(long), ['a.txt stored', 'its directory is cut off']);
});

test('an entry that lies, is encrypted or packed otherwise is a problem of its own', () => {
  const content = 'x'.repeat(10_000);
  const bytes = zip([
    { name: 'short', content, says: { size: 100 } },
    { name: 'huge', content, says: { size: 0x7fffffff } },
    { name: 'secret', content, says: { flags: 1 } },
    { name: 'lzma', content, says: { method: 14 } },
    { name: 'not-packed', content: 'no deflate', stored: true, says: { method: 8 } },
    { name: 'good', content: 'good' },
  ]);
  assert.deepEqual(readAll(bytes), [
    'short: inflates to more than the 100 bytes it may have',
    'huge: has 2147483647 bytes, of which 1048576 are held at most',
    'secret: is encrypted',
    'lzma: is packed by method 14, which is not read',
    'not-packed: cannot be inflated',
    'good good',
  ]);
});

test('an entry that is not where the directory says, or reaches past the end, is a problem', () => {
  const entry = two.readUInt32LE(two.length - 6);
  const elsewhere = Buffer.from(two);
  elsewhere.writeUInt32LE(3, entry + 42);
  assert.match(readAll(elsewhere)?.[0] ?? '', /^a\.txt: is not where the directory of its archive says/);
  const outside = Buffer.from(two);
  outside.writeUInt32LE(0xfffffff0, entry + 42);
  assert.match(readAll(outside)?.[0] ?? '', /^a\.txt: is not where/);
  const long = Buffer.from(two);
  long.writeUInt32LE(0x7fffffff, entry + 20);
  assert.match(readAll(long)?.[0] ?? '', /^a\.txt: is cut off/);
});

test('names are told as they are, without control characters', () => {
  const names = ['../../etc/passwd', '/absolute', 'C:\\x', 'a\u0000b\u001b[2J', 'ünï', ''];
  const read = readAll(zip(names.map((name) => ({ name, content: '' }))));
  assert.deepEqual(read, ['../../etc/passwd ', '/absolute ', 'C:\\x ', 'a\ufffdb\ufffd[2J ', 'ünï ', ' ']);
});

test('of a long text its beginning is read, and of a bomb nothing', () => {
  const text = Array.from({ length: 50_000 }, (_, i) => `line ${i}`).join('\n');
  const bytes = zip([
    { name: 'text', content: text },
    { name: 'bomb', content: Buffer.alloc(4 * limit) },
  ]);
  const opened = openZip(memoryAccess(bytes))!;
  const [first, bomb] = [...zipEntries(opened)];
  const start = Buffer.from(entryStart(opened, first!, 1000)).toString();
  assert.ok(start.length > 1000 && start.length < 20_000 && text.startsWith(start), `${start.length}`);
  assert.throws(() => entryStart(opened, bomb!, 16 * 1024), isFault('image/corrupt', /inflates to more than/));
});

test('directories that are larger than what is read at once are read whole', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `folder/of/classes/Class${i}.class`);
  const opened = openZip(memoryAccess(zip(names.map((name) => ({ name, content: '', stored: true })))))!;
  assert.deepEqual(
    [...zipEntries(opened)].map(({ name }) => name),
    names,
  );
});

test('nothing but a problem comes of damaged archives', () => {
  const real = readFileSync(
    join(import.meta.dirname, 'java/an-enterprise-application-and-a-shaded-jar-of-maven/tree/opt/app/ship-3.1.ear'),
  );
  for (const bytes of [two, real]) for (const copy of damagedCopies(bytes, 7, 2000)) readAll(copy);
});
