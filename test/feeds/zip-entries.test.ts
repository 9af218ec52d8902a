import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Fault } from '#core/fault.ts';
import { zipEntries, zipIndex } from '#feeds/zip-entries.ts';
import { zip } from './zip.ts';

const limits = { entries: 100, entryBytes: 10_000, totalBytes: 50_000 };

async function read(bytes: Buffer) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-zip-'));
  try {
    await writeFile(path.join(folder, 'a.zip'), bytes);
    const found: (readonly [string, string | null])[] = [];
    for await (const entry of zipEntries(path.join(folder, 'a.zip'), 'a.zip', limits)) {
      found.push([entry.name, entry.bytes?.toString() ?? null]);
    }
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const refused = (pattern: RegExp) => (fault: unknown) =>
  fault instanceof Fault && fault.code === 'feed/failed' && pattern.test(fault.message);

test('the files of a zip are given one by one, packed or not', async () => {
  const files = [
    { name: 'a.json', content: '{"a":1}' },
    { name: 'folder/', content: '', stored: true },
    { name: 'folder/b.json', content: 'b'.repeat(9000), stored: true },
    { name: '../../etc/passwd', content: 'only a name' },
    { name: 'empty', content: '' },
  ];
  assert.deepEqual(
    await read(zip(files.filter(({ name }) => !name.startsWith('..')))),
    files.filter(({ name }) => !/^\.\.|\/$/.test(name)).map(({ name, content }) => [name, content]),
  );
  // A name that leads outside of a folder is nothing an upstream would write.
  await assert.rejects(read(zip(files)), refused(/directory is damaged/));
});

test('a file beyond the limit is told without its bytes, and the others are read', async () => {
  const files = [
    { name: 'big', content: 'x'.repeat(10_001) },
    { name: 'small', content: 'ok' },
  ];
  assert.deepEqual(await read(zip(files)), [
    ['big', null],
    ['small', 'ok'],
  ]);
});

test('a zip whose files are too many or too large together is refused', async () => {
  const many = Array.from({ length: 101 }, (_, at) => ({ name: `${at}`, content: '' }));
  await assert.rejects(read(zip(many)), refused(/more than 100 files/));
  const large = Array.from({ length: 6 }, (_, at) => ({ name: `${at}`, content: 'x'.repeat(9999) }));
  await assert.rejects(read(zip(large)), refused(/more than 50000 bytes together/));
});

test('a file that is not what its headers promise is refused', async () => {
  const content = 'x'.repeat(5000);
  await assert.rejects(
    read(zip([{ name: 'a', content, says: { size: 100 } }])),
    refused(/cannot be inflated|is damaged/),
  );
  await assert.rejects(read(zip([{ name: 'a', content, says: { size: 6000 } }])), refused(/is damaged/));
  await assert.rejects(read(zip([{ name: 'a', content, says: { crc: 1 } }])), refused(/is damaged/));
  await assert.rejects(read(zip([{ name: 'a', content, says: { method: 12 } }])), refused(/packed by method 12/));
  await assert.rejects(read(zip([{ name: 'a', content, says: { flags: 1 } }])), refused(/is encrypted/));
});

test('what is no zip, or only the beginning of one, is refused', async () => {
  const whole = zip([
    { name: 'a', content: 'a' },
    { name: 'b', content: 'b' },
  ]);
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('<html>not found</html>'),
    whole.subarray(0, 40),
    whole.subarray(0, -10),
  ]) {
    await assert.rejects(read(bytes), refused(/is not a zip|directory is damaged/));
  }
  const shifted = Buffer.concat([whole]);
  shifted.writeUInt32LE(0, 0);
  await assert.rejects(read(shifted), refused(/has no header/));
});

test('files of a zip that are wanted are read by their names, in any order and again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-zip-'));
  try {
    const place = path.join(folder, 'a.zip');
    const large = 'x'.repeat(10_001);
    const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.json`, content: name.repeat(5000), stored: true }));
    const twice = { name: 'a.json', content: 'the second' };
    await writeFile(
      place,
      zip([...files, twice, { name: 'large.json', content: large }, { name: 'bad', content: 'b' }]),
    );
    using index = await zipIndex(place, 'a.zip', (name) => name.endsWith('.json'), limits);
    for (const name of ['c', 'a', 'b', 'a']) assert.equal(String(index.read(`${name}.json`)), name.repeat(5000));
    for (const name of ['bad', 'd.json', 'large.json', '__proto__']) assert.equal(index.read(name), null, name);
    await writeFile(place, 'no zip');
    await assert.rejects(
      zipIndex(place, 'a.zip', () => true),
      refused(/it is not a zip/),
    );
    await writeFile(place, zip([{ name: 'a.json', content: 'a', says: { crc: 1 } }]));
    using damaged = await zipIndex(place, 'a.zip', () => true);
    assert.throws(() => damaged.read('a.json'), refused(/is damaged/));
    await writeFile(place, zip(files));
    await assert.rejects(
      zipIndex(place, 'a.zip', () => true, { ...limits, entries: 2 }),
      refused(/more than 2 files/),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
