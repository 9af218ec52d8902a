import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { digestOf } from '#core/digest.ts';
import type { Fault } from '#core/fault.ts';
import { defaultLimits } from '#core/limits.ts';
import { type TarEntry, tarEntries } from '#registry/tar/tar-stream.ts';
import { gnuLong, padded, paxHeader, tar, tarEntry, tarHeader } from '#test/support/tar-builder.ts';

const end = Buffer.alloc(1024);
const fixtures = new URL('fixtures/', import.meta.url);

type Listed = Omit<TarEntry, 'body' | 'offset'> & { readonly content: Buffer };

/** All entries with their content; the tar comes in pieces of the size given. */
async function list(bytes: Buffer, pieceBytes = 1 << 20, limits = defaultLimits): Promise<Listed[]> {
  const entries: Listed[] = [];
  for await (const { body, offset, ...entry } of tarEntries(pieces(bytes, pieceBytes), limits)) {
    const content: Uint8Array[] = [];
    for await (const piece of body) content.push(piece);
    entries.push({ ...entry, content: Buffer.concat(content) });
    void offset;
  }
  return entries;
}

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function first(bytes: Buffer, limits = defaultLimits): Promise<Listed> {
  return (await list(Buffer.concat([bytes, end]), 1 << 20, limits))[0]!;
}

function corrupt(form: RegExp) {
  return (thrown: unknown) => (thrown as Fault).code === 'image/corrupt' && form.test((thrown as Fault).message);
}

test('every kind of entry keeps its type, mode, owner, link and content', async () => {
  const entries = await list(
    tar([
      { path: './', mode: 0o755 },
      { path: 'etc/', mode: 0o1777, uid: 1, gid: 2 },
      { path: 'etc/passwd', content: 'root', mode: 0o4640, uid: 1000, gid: 1001 },
      { path: 'etc/link', link: '../etc/./passwd' },
      { path: 'etc/hard', type: 'hardlink', link: './etc/passwd' },
      { path: 'dev/null', type: 'char' },
      { path: 'dev/sda', type: 'block' },
      { path: 'run/pipe', type: 'fifo' },
      { path: 'empty', content: '' },
    ]),
  );
  assert.deepEqual(
    entries.map(({ path, type, mode, uid, gid, size, link, problem, content }) =>
      [path, type, mode.toString(8), uid, gid, size, link, problem, content.toString()].join(' '),
    ),
    [
      ' dir 755 0 0 0   ',
      'etc dir 1777 1 2 0   ',
      'etc/passwd file 4640 1000 1001 4   root',
      'etc/link symlink 777 0 0 0 ../etc/./passwd  ',
      'etc/hard hardlink 644 0 0 0 etc/passwd  ',
      'dev/null char 644 0 0 0   ',
      'dev/sda block 644 0 0 0   ',
      'run/pipe fifo 644 0 0 0   ',
      'empty file 644 0 0 0   ',
    ],
  );
});

test('paths are relative to the root, whatever was written before and between their parts', async () => {
  const written = ['/etc/a', './etc/a', '//etc//a', 'etc/./a', './/./etc/a', 'etc/a/.'];
  for (const path of written) assert.equal((await first(tarEntry({ path, type: 'file' }))).path, 'etc/a', path);
  const kept = ['a..b', '...', '.wh.a', 'a/.b', 'a b', '.a/b.'];
  for (const path of kept) assert.equal((await first(tarEntry({ path, type: 'file' }))).path, path);
});

test('the same tar gives the same entries in pieces of any size', async () => {
  const bytes = tar([
    { path: 'a', content: 'x'.repeat(2000) },
    { path: 'n'.repeat(300), content: 'long' },
    { path: 'b/' },
    { path: 'c', content: 'end' },
  ]);
  const whole = await list(bytes);
  assert.equal(whole.length, 4);
  for (const size of [1, 7, 511, 512, 513, 4096]) assert.deepEqual(await list(bytes, size), whole, `${size} bytes`);
});

test('a body that is not read is skipped, and one that is half read too', async () => {
  const bytes = tar([
    { path: 'a', content: 'x'.repeat(5000) },
    { path: 'b', content: 'y'.repeat(5000) },
    { path: 'c', content: 'z' },
  ]);
  for (const size of [100, 1 << 20]) {
    const paths: string[] = [];
    for await (const entry of tarEntries(pieces(bytes, size), defaultLimits)) {
      paths.push(entry.path);
      if (entry.path !== 'b') continue;
      for await (const piece of entry.body) {
        assert.equal(piece[0], 'y'.charCodeAt(0));
        break;
      }
    }
    assert.deepEqual(paths, ['a', 'b', 'c']);
  }
});

test('a body that is read after the next entry was asked for is refused', async () => {
  const entries = tarEntries(pieces(tar([{ path: 'a', content: 'x' }, { path: 'b' }]), 4096), defaultLimits);
  const { body } = (await entries.next()).value as TarEntry;
  await entries.next();
  await assert.rejects(async () => {
    for await (const piece of body) void piece;
  }, /after the next entry/);
  await entries.return(undefined);
});

test('what comes before the tar is read to its end, also past the end mark, and let go when the reader stops', async () => {
  let read = 0;
  let closed = 0;
  const source = async function* () {
    try {
      for (const piece of [tar([{ path: 'a' }]), Buffer.alloc(4096), Buffer.from('behind the end')]) {
        read += piece.length;
        yield piece;
      }
    } finally {
      closed++;
    }
  };
  for await (const entry of tarEntries(source(), defaultLimits)) assert.equal(entry.path, 'a');
  assert.deepEqual([read, closed], [512 + 1024 + 4096 + 14, 1]);
  for await (const entry of tarEntries(source(), defaultLimits)) {
    void entry;
    break;
  }
  assert.equal(closed, 2);
});

const tree = [
  ' dir 0',
  'a.txt file 5',
  'b.txt hardlink 0 a.txt',
  'dddddd dir 0',
  'dddddd dir 0',
  'dddddd dir 0',
  'dddddd file 9',
  'grün.txt file 4',
  'grün.txt file 6',
  'link symlink 0 ../a.txt',
  `long-l symlink 0 ${'x'.repeat(150)}`,
  'pipe fifo 0',
  'sparse file 1118576',
  'z.txt file 21',
];
const simple = tree.filter((line) => !/^(ddd|long|sparse)/.test(line));

for (const file of readdirSync(fixtures)) {
  test(`a tar as GNU tar or Python write it is read: ${file}`, async () => {
    const bytes = gunzipSync(readFileSync(new URL(file, fixtures)));
    const entries = await list(bytes, 5000);
    assert.deepEqual(entries, await list(bytes));
    assert.deepEqual(
      entries.filter(({ problem, size, content }) => problem !== null || size !== content.length),
      [],
    );
    if (file.startsWith('python')) {
      assert.deepEqual([entries[0]!.uid, entries[0]!.gid], [3_000_000, 4_000_000]);
      return;
    }
    const lines = entries.map(({ path, type, size, link }) =>
      [path.length > 8 ? path.slice(0, 6) : path, type, size, ...(link === null ? [] : [link])].join(' '),
    );
    const wanted = file.startsWith('ustar')
      ? simple
      : file.startsWith('v7')
        ? simple.filter((line) => !/^pipe/.test(line))
        : tree;
    assert.deepEqual(lines, wanted);
    assert.equal(entries.find(({ path }) => path === 'a.txt')!.mode, 0o4755);
    const sparse = entries.find(({ path }) => path === 'sparse.bin');
    if (sparse !== undefined) {
      const expected = 'sha256:b2f1da856337525b06f4f9117af34bc9a55acb66db64c6cb0508e1a1f56d9be2';
      assert.equal(digestOf(sparse.content), expected);
    }
  });
}

test('pax records win over the header, a GNU long name over both, the last record over those before', async () => {
  const header = tarHeader({ name: 'short', size: 3, uid: 1, gid: 1 });
  const pax = paxHeader([
    ['path', 'first'],
    ['path', 'from-pax'],
    ['uid', '70000'],
    ['gid', '80000.0'],
    ['comment', 'two\nlines = here'],
  ]);
  const found = await first(Buffer.concat([pax, header, padded(Buffer.from('abc'))]));
  assert.deepEqual([found.path, found.uid, found.gid, found.content.toString()], ['from-pax', 70_000, 80_000, 'abc']);
  const long = await first(Buffer.concat([gnuLong('L', 'from-gnu'), pax, header, padded(Buffer.from('abc'))]));
  assert.equal(long.path, 'from-gnu');
});

test('a pax size tells the content of a file, and an empty pax value is as if it were not there', async () => {
  const big = Buffer.from('x'.repeat(700));
  const bytes = Buffer.concat([
    paxHeader({ size: '700', path: '' }),
    tarHeader({ name: 'a', size: 0 }),
    padded(big),
    tarEntry({ path: 'b', content: 'next' }),
    end,
  ]);
  assert.deepEqual(
    (await list(bytes)).map(({ path, content }) => [path, content.length]),
    [
      ['a', 700],
      ['b', 4],
    ],
  );
});

test('a global pax header changes nothing, as in the engines that unpack layers', async () => {
  const bytes = Buffer.concat([
    paxHeader({ path: 'everywhere', size: '0' }, 'g'),
    tar([{ path: 'a', content: 'abc' }]),
  ]);
  assert.deepEqual(
    (await list(bytes)).map(({ path, content }) => [path, content.toString()]),
    [['a', 'abc']],
  );
});

test('numbers may be base-256, and links have no content whatever their header says', async () => {
  const base256 = (value: number, length: number) => {
    const field = Buffer.alloc(length);
    field.writeUIntBE(value, length - 6, 6);
    field[0] = 0x80;
    return field;
  };
  const found = await first(
    Buffer.concat([
      tarHeader({ name: 'a', magic: 'ustar  \0', size: base256(5, 12), uid: base256(2 ** 32, 8), gid: 7 }),
      padded(Buffer.from('12345')),
    ]),
  );
  assert.deepEqual([found.uid, found.gid, found.content.toString()], [2 ** 32, 7, '12345']);
  const bytes = Buffer.concat([
    tarHeader({ name: 'hard', flag: '1', link: 'a', size: 999 }),
    tarEntry({ path: 'b', content: 'next' }),
    end,
  ]);
  assert.deepEqual(
    (await list(bytes)).map(({ path, size }) => [path, size]),
    [
      ['hard', 0],
      ['b', 4],
    ],
  );
});

test('old headers are understood: v7 folders, ustar and star prefixes, those of an old Go, signed checksums', async () => {
  assert.equal((await first(tarHeader({ name: 'folder/', flag: '\0', magic: '' }))).type, 'dir');
  assert.equal((await first(tarHeader({ name: 'a', prefix: 'some/where' }))).path, 'some/where/a');
  const star = tarHeader({ name: 'a', prefix: 'star', patches: { 508: 'tar\0' } });
  assert.equal((await first(star)).path, 'star/a');
  assert.equal((await first(tarHeader({ name: 'a', magic: 'ustar  \0', prefix: 'old-go' }))).path, 'old-go/a');
  const times = tarHeader({ name: 'a', magic: 'ustar  \0', patches: { 345: '14700000000\0', 357: '14700000000\0' } });
  assert.equal((await first(times)).path, 'a');
  assert.equal((await first(tarHeader({ name: 'grün', checksum: 'signed' }))).path, 'grün');
});

test('names that are not UTF-8 are read a character a byte', async () => {
  const name = Buffer.from([0x61, 0xff, 0x62]);
  assert.equal((await first(tarHeader({ name }))).path, 'aÿb');
  const pax = Buffer.concat([paxHeader({ path: Buffer.from([0xc3, 0x28]) }), tarHeader({ name: 'a' })]);
  assert.equal((await first(pax)).path, 'Ã(');
});

test('an entry that no engine would unpack is given with a problem, and the next is in step', async () => {
  const limits = { ...defaultLimits, pathBytes: 300 };
  const odd: readonly [Buffer, RegExp][] = [
    [tarEntry({ path: '../etc/passwd', content: 'x' }), /'\.\.'/],
    [tarEntry({ path: 'a/../../b', content: 'x' }), /'\.\.'/],
    [tarEntry({ path: 'a', type: 'hardlink', link: '../../etc/shadow' }), /'\.\.'/],
    [Buffer.concat([paxHeader({ path: 'a\0b' }), tarHeader({ name: 'a' })]), /NUL/],
    [tarEntry({ path: 'n'.repeat(301), content: 'x' }), /pathBytes/],
    [tarEntry({ path: 'a', link: 'n'.repeat(301) }), /pathBytes/],
    [
      Buffer.concat([tarHeader({ name: 'volume', flag: 'V', size: 3 }), padded(Buffer.from('abc'))]),
      /unknown type 'V'/,
    ],
    [tarHeader({ name: '', flag: '0' }), /without a name/],
  ];
  for (const [bytes, form] of odd) {
    const [entry, next] = await list(Buffer.concat([bytes, tar([{ path: 'next', content: 'ok' }])]), 1000, limits);
    assert.match(entry!.problem ?? '', form);
    assert.equal(next!.content.toString(), 'ok');
  }
});

test('the target of a symbolic link may leave the root: it is text', async () => {
  const found = await first(tarEntry({ path: 'a', link: '../../../etc/passwd' }));
  assert.deepEqual([found.problem, found.link], [null, '../../../etc/passwd']);
});

test('a tar may end without end mark, without padding, or with one block of zeros', async () => {
  const entry = tarEntry({ path: 'a', content: 'abc' });
  for (const bytes of [
    entry,
    entry.subarray(0, 515),
    Buffer.concat([entry, Buffer.alloc(512)]),
    Buffer.alloc(0),
    end,
  ]) {
    const entries = await list(bytes);
    assert.equal(entries.length, bytes.length === 0 || bytes === end ? 0 : 1);
  }
});

test('a tar that is cut off says where', async () => {
  const bytes = tar([{ path: 'etc/a', content: 'x'.repeat(1000) }]);
  await assert.rejects(list(bytes.subarray(0, 700)), corrupt(/ends at byte 700, inside the content of 'etc\/a'/));
  await assert.rejects(list(bytes.subarray(0, 100)), corrupt(/ends at byte 100, inside a header/));
  const long = tar([{ path: 'n'.repeat(300) }]);
  await assert.rejects(list(long.subarray(0, 600)), corrupt(/inside an extended header/));
  await assert.rejects(list(long.subarray(0, 1024)), corrupt(/inside a header/));
  // A body that nobody reads is missed too.
  await assert.rejects(
    async () => {
      for await (const entry of tarEntries(pieces(bytes.subarray(0, 700), 300), defaultLimits)) void entry;
    },
    corrupt(/ends at byte 700/),
  );
});

test('a tar that cannot be followed is corrupt, with the offset', async () => {
  const good = tarEntry({ path: 'a', content: 'abc' });
  const bad: readonly [Buffer, RegExp][] = [
    [tarHeader({ name: 'b', checksum: 'wrong' }), /byte 1024 does not have the checksum/],
    [tarHeader({ name: 'b', size: Buffer.from('not octal!!!') }), /byte 1024 states an impossible size/],
    [tarHeader({ name: 'b', size: Buffer.alloc(12, 0xff) }), /impossible size/],
    [tarHeader({ name: 'b', size: Buffer.from([0xbf, ...Buffer.alloc(11, 0xff)]) }), /impossible size/],
    [Buffer.concat([paxHeader({ size: '-1' }), tarHeader({ name: 'b' })]), /impossible size/],
    [Buffer.concat([paxHeader({ size: '99999999999999999999' }), tarHeader({ name: 'b' })]), /impossible size/],
    [Buffer.concat([Buffer.alloc(512), tarEntry({ path: 'b' })]), /single block of zeros at byte 1024/],
    [
      Buffer.concat([tarHeader({ name: 'x', flag: 'x', size: 512 }), Buffer.alloc(512, 'a')]),
      /record that is not well formed/,
    ],
    [tarHeader({ name: 'x', flag: 'L', size: 2 ** 30 }), /1073741824 bytes long; 1 MiB/],
    [Buffer.from('this is not a tar. '.repeat(60)), /does not have the checksum/],
  ];
  for (const [bytes, form] of bad) await assert.rejects(list(Buffer.concat([good, bytes, end])), corrupt(form));
});

test('a sparse file with a damaged map is a problem, and the next entry is in step', async () => {
  const stored = Buffer.alloc(512, 'x');
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
  const gnu = (offset: number, length: number, size: number) =>
    tarHeader({
      name: 'sparse',
      flag: 'S',
      magic: 'ustar  \0',
      size: 512,
      patches: { 386: octal(offset), 398: octal(length), 483: octal(size) },
    });
  const pax = (map: string, size: string) =>
    Buffer.concat([
      paxHeader({ 'GNU.sparse.map': map, 'GNU.sparse.size': size }),
      tarHeader({ name: 'sparse', size: 512 }),
    ]);
  const heads = [
    gnu(0, 9999, 100),
    gnu(100, 512, 200),
    pax('0,1', '512'),
    pax('-1,512', '512'),
    pax('x', 'y'),
    pax('0,512', '99'),
  ];
  for (const head of heads) {
    const [entry, next] = await list(Buffer.concat([head, stored, tar([{ path: 'next', content: 'ok' }])]));
    assert.match(entry!.problem ?? '', /map of this sparse file is damaged/);
    assert.equal(next!.content.toString(), 'ok');
  }
});

test('holes are given out as zeros only up to a budget, whatever their header claims', async () => {
  const limits = { ...defaultLimits, fileBytes: 1_000_000 };
  const sparse = (size: number) =>
    Buffer.concat([
      paxHeader({ 'GNU.sparse.map': '0,512', 'GNU.sparse.size': String(size) }),
      tarHeader({ name: 'sparse', size: 512 }),
      Buffer.alloc(512, 'x'),
    ]);
  const bytes = Buffer.concat([sparse(600_000), sparse(600_000), sparse(2 ** 52), tar([{ path: 'next' }])]);
  const entries = await list(bytes, 4096, limits);
  assert.deepEqual(
    entries.map(({ size, problem, content }) => [size, problem === null, content.length]),
    [
      [600_000, true, 600_000],
      [512, false, 512],
      [512, false, 512],
      [0, true, 0],
    ],
  );
});

test('a damaged tar never does anything but give entries or say that it is corrupt', async () => {
  const good = Buffer.concat([
    gunzipSync(readFileSync(new URL('pax-1.0.tar.gz', fixtures))).subarray(0, 24 * 1024),
    tar([
      { path: 'n'.repeat(200), content: 'x'.repeat(900) },
      { path: 'b', link: 'c' },
    ]),
  ]);
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 400; round++) {
    const bad = Buffer.from(good.subarray(0, 512 + random(good.length - 512)));
    for (let i = 0; i < 4; i++) bad[random(bad.length)] = random(256);
    // Nine in ten get their checksums mended, so that the damage goes deeper.
    if (round % 10 !== 0) mendChecksums(bad);
    await list(bad, 3000, { ...defaultLimits, fileBytes: 1_000_000 }).catch((thrown: Fault) =>
      assert.equal(thrown.code, 'image/corrupt', thrown.stack),
    );
  }
});

function mendChecksums(bytes: Buffer): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const block = bytes.subarray(at, at + 512);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
}
