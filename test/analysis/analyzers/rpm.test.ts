import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rpm } from '#analysis/analyzers/rpm.ts';
import { runAnalyzer, type SmallTree, viewOf } from '#test/support/run-analyzer.ts';
import { bdbFile, headerOf, insertHeaders, ndbFile, rpmHeader, sqliteFile } from '#test/support/rpm-database.ts';

const bash = { name: 'bash', version: '5.1', release: '2.el9', arch: 'x86_64', source: 'bash-5.1-2.el9.src.rpm' };
const nodejs = {
  name: 'nodejs',
  version: '18.9.1',
  release: '1.module+el8',
  epoch: 1,
  arch: 'x86_64',
  source: 'nodejs-18.9.1-1.module+el8.src.rpm',
  license: 'MIT and (GPLv2+ or ASL 2.0) and LGPLv2+ with exceptions',
  vendor: 'Red Hat, Inc.',
  size: 4_000_000_000,
  module: 'nodejs:18:8070020220101:bd1311ed',
  files: ['/usr/bin/', '/usr/bin/node', '/usr/lib/node_modules/', '/usr/lib/node_modules/npm'],
  padding: 9000,
};
const key = { name: 'gpg-pubkey', version: 'b86b3716', release: '61e69f29', source: '(none)', license: 'pubkey' };
const headers = [bash, nodejs, key].map(rpmHeader);

const names = (tree: SmallTree) => runAnalyzer(rpm, tree).packages.map(({ name }) => name);

const formats: Readonly<Record<string, readonly [path: string, make: (headers: readonly Buffer[]) => Buffer]>> = {
  'SQLite with pages of 4096 bytes': ['var/lib/rpm/rpmdb.sqlite', (all) => sqliteFile(all).database],
  'SQLite with pages of 512 bytes': ['var/lib/rpm/rpmdb.sqlite', (all) => sqliteFile(all, { pageSize: 512 }).database],
  'SQLite with pages of 65536 bytes': [
    'usr/share/rpm/rpmdb.sqlite',
    (all) => sqliteFile(all, { pageSize: 65536 }).database,
  ],
  'SQLite in UTF-16': ['var/lib/rpm/rpmdb.sqlite', (all) => sqliteFile(all, { encoding: 'UTF-16be' }).database],
  ndb: ['usr/lib/sysimage/rpm/Packages.db', ndbFile],
  'little-endian Berkeley DB': ['var/lib/rpm/Packages', (all) => bdbFile(all)],
  'big-endian Berkeley DB': ['var/lib/rpm/Packages', (all) => bdbFile(all, true)],
  'Berkeley DB with pages of 512 bytes': ['var/lib/rpm/Packages', (all) => bdbFile(all, false, 512)],
};

for (const [format, [path, make]] of Object.entries(formats)) {
  test(`packages are read from an rpm database in ${format}`, () => {
    const { packages, notes } = runAnalyzer(rpm, { [path]: make(headers) });
    assert.deepEqual(notes, []);
    const rows = packages.map(({ name, version, arch, source }) => [name, version, arch, source]);
    assert.deepEqual(rows, [
      ['bash', '5.1-2.el9', 'x86_64', 'bash-5.1-2.el9.src.rpm'],
      ['nodejs', '1:18.9.1-1.module+el8', 'x86_64', 'nodejs-18.9.1-1.module+el8.src.rpm'],
      ['gpg-pubkey', 'b86b3716-61e69f29', '(none)', '(none)'],
    ]);
  });

  test(`a damaged header in ${format} costs that package only and is noted`, () => {
    const broken = Buffer.from(headers[1]!);
    broken.writeUInt32BE(0x7fffffff, 0);
    const { packages, notes } = runAnalyzer(rpm, { [path]: make([headers[0]!, broken, headers[2]!]) });
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['bash', 'gpg-pubkey'],
    );
    assert.equal(notes.length, 1);
    assert.equal(notes[0]?.path, path);
    assert.match(notes[0]?.problem ?? '', /package 2 of the rpm database is left out: .* entries/);
  });

  test(`a database in ${format} without packages gives none and no note`, () => {
    assert.deepEqual(runAnalyzer(rpm, { [path]: make([]) }), { packages: [], notes: [] });
  });

  test(`a database in ${format} that is cut off is noted, and what came before is kept`, () => {
    const whole = make(headers);
    const { notes } = runAnalyzer(rpm, { [path]: whole.subarray(0, whole.length - 600) });
    assert.ok(notes.length > 0);
    for (const { problem } of notes) assert.match(problem, /cannot be read|is left out/);
  });
}

test('an rpm has its source package, licences, module, size and files', () => {
  const distro = { id: 'rhel', versionId: '8.7', codename: null, name: null, idLike: [] };
  const { packages } = runAnalyzer(rpm, { 'var/lib/rpm/Packages': bdbFile([headers[1]!]) }, distro);
  assert.deepEqual(packages, [
    {
      type: 'rpm',
      name: 'nodejs',
      version: '1:18.9.1-1.module+el8',
      arch: 'x86_64',
      source: 'nodejs-18.9.1-1.module+el8.src.rpm',
      origin: { name: 'nodejs', version: '1:18.9.1-1.module+el8' },
      purl: 'pkg:rpm/rhel/nodejs@18.9.1-1.module%2Bel8?arch=x86_64&distro=rhel-8.7&epoch=1&rpmmod=nodejs:18:8070020220101:bd1311ed&upstream=nodejs-18.9.1-1.module%2Bel8.src.rpm',
      licenses: ['MIT', 'GPL-2.0-or-later', 'Apache-2.0', 'LGPL-2.0-or-later with exceptions'],
      vendor: 'Red Hat, Inc.',
      size: 4_000_000_000,
      files: ['/usr/bin/node', '/usr/lib/node_modules/npm'],
      metadata: { signed: 'no' },
      evidence: { path: 'var/lib/rpm/Packages', key: 'nodejs 1:18.9.1-1.module+el8 x86_64' },
    },
  ]);
});

test('the database is found through a linked folder and read once', () => {
  const tree = {
    'usr/lib/sysimage/rpm/Packages.db': ndbFile([headers[0]!]),
    'var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' },
    'usr/share/rpm': { link: '/var/lib/rpm' },
  };
  const { packages, notes } = runAnalyzer(rpm, tree);
  assert.deepEqual(notes, []);
  assert.deepEqual(
    packages.map(({ evidence }) => evidence.path),
    ['usr/lib/sysimage/rpm/Packages.db'],
  );
});

test('of several databases the newest format counts and the others are noted', () => {
  const { packages, notes } = runAnalyzer(rpm, {
    'usr/lib/sysimage/rpm/rpmdb.sqlite': sqliteFile([headers[1]!]).database,
    'var/lib/rpm/Packages.db': ndbFile(headers),
    'var/lib/rpm/Packages': bdbFile([headers[0]!]),
  });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['nodejs'],
  );
  assert.deepEqual(
    notes.map(({ path }) => path),
    ['var/lib/rpm/Packages.db', 'var/lib/rpm/Packages'],
  );
  assert.match(
    notes[0]?.problem ?? '',
    /3 packages is ignored: \/usr\/lib\/sysimage\/rpm\/rpmdb.sqlite is read instead/,
  );
});

test('an empty database of a newer format does not hide the packages of an older one', () => {
  const tree = { 'var/lib/rpm/rpmdb.sqlite': sqliteFile([]).database, 'var/lib/rpm/Packages': bdbFile(headers) };
  assert.deepEqual(names(tree), ['bash', 'nodejs', 'gpg-pubkey']);
});

test('a file that is no rpm database is noted', () => {
  for (const content of ['', 'hello, this is not a database at all']) {
    const { packages, notes } = runAnalyzer(rpm, { 'var/lib/rpm/Packages': content });
    assert.deepEqual(packages, []);
    assert.match(notes[0]?.problem ?? '', /rpm database cannot be read/);
  }
});

test('the format is told by the content, not by the name', () => {
  assert.deepEqual(names({ 'var/lib/rpm/Packages': ndbFile([headers[0]!]) }), ['bash']);
});

test('a package without a version is left out with a note', () => {
  const { packages, notes } = runAnalyzer(rpm, { 'var/lib/rpm/Packages': bdbFile([rpmHeader({ name: 'half' })]) });
  assert.deepEqual(packages, []);
  assert.match(notes[0]?.problem ?? '', /half has no version/);
});

test('many rows over many pages come in the order of their numbers', () => {
  const many = Array.from({ length: 700 }, (_, index) =>
    rpmHeader({ name: `p${index}`, version: '1', release: '1', padding: (index * 37) % 3000 }),
  );
  const want = many.map((_, index) => `p${index}`);
  for (const pageSize of [512, 1024, 4096])
    assert.deepEqual(names({ 'var/lib/rpm/rpmdb.sqlite': sqliteFile(many, { pageSize }).database }), want);
  assert.deepEqual(names({ 'var/lib/rpm/Packages.db': ndbFile(many) }), want);
});

test('a large number of folder entries cannot make a header cost more than it weighs', () => {
  const folder = `/${'d'.repeat(4000)}/`;
  const files = Array.from({ length: 20_000 }, (_, index) => `${folder}${index}`);
  const { packages, notes } = runAnalyzer(rpm, {
    'var/lib/rpm/Packages.db': ndbFile([rpmHeader({ ...bash, files }), headers[2]!]),
  });
  assert.deepEqual(
    packages.map(({ name }) => name),
    ['gpg-pubkey'],
  );
  assert.match(notes[0]?.problem ?? '', /files pass 32 MiB/);
});

test('tags that rpm adds behind the signed region override those in it', () => {
  const twice = headerOf([
    [1000, 6, 1, Buffer.from('old\0')],
    [1001, 6, 1, Buffer.from('1\0')],
    [1002, 6, 1, Buffer.from('1\0')],
    [1000, 6, 1, Buffer.from('new\0')],
  ]);
  assert.deepEqual(names({ 'var/lib/rpm/Packages': bdbFile([twice]) }), ['new']);
});

test('the container manifest of images without rpm is read', () => {
  const { packages, notes } = runAnalyzer(rpm, {
    'var/lib/rpmmanifest/container-manifest-2':
      'glibc\t2.35-3.cm2\t1653816591\t1653628955\tMicrosoft Corporation\t(none)\t11301\tx86_64\t0\tglibc-2.35-3.cm2.src.rpm\n' +
      'bind\t9.16-1.cm2\t1653816591\t1653628955\tMicrosoft Corporation\t32\t99\tx86_64\t32\tbind-9.16-1.cm2.src.rpm\n' +
      'nothing\n',
  });
  assert.deepEqual(
    packages.map(({ name, version, source }) => [name, version, source]),
    [
      ['glibc', '2.35-3.cm2', 'glibc-2.35-3.cm2.src.rpm'],
      ['bind', '32:9.16-1.cm2', 'bind-9.16-1.cm2.src.rpm'],
    ],
  );
  assert.deepEqual(notes, [
    { path: 'var/lib/rpmmanifest/container-manifest-2', problem: 'line 3 does not tell a package' },
  ]);
});

const withLog = (first: readonly Buffer[], logged: Parameters<typeof sqliteFile>[1], pageSize = 4096) => {
  const { database, log } = sqliteFile(first, { ...logged, pageSize });
  return { 'var/lib/rpm/rpmdb.sqlite': database, 'var/lib/rpm/rpmdb.sqlite-wal': log };
};

test('packages that stand only in the write-ahead log are read, those deleted there are gone', () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    rpmHeader({ name: `p${index}`, version: '1', release: '1', padding: index * 300 }),
  );
  for (const pageSize of [512, 4096, 65536]) {
    const tree = withLog(
      many,
      {
        logged: (database) => {
          insertHeaders(database, headers);
          database.exec('delete from Packages where hnum between 2 and 50');
          database.prepare('update Packages set blob = ? where hnum = 1').run(rpmHeader({ ...bash, version: '9' }));
        },
      },
      pageSize,
    );
    const { packages, notes } = runAnalyzer(rpm, tree);
    assert.deepEqual(notes, []);
    assert.deepEqual(
      packages.map(({ name }) => name),
      ['bash', ...Array.from({ length: 10 }, (_, index) => `p${50 + index}`), 'bash', 'nodejs', 'gpg-pubkey'],
    );
    assert.equal(packages[0]?.version, '9-2.el9');
    assert.equal(packages[0]?.evidence.path, 'var/lib/rpm/rpmdb.sqlite-wal');
    assert.equal(packages[1]?.evidence.path, 'var/lib/rpm/rpmdb.sqlite');
  }
});

test('a transaction in the log that was not committed changes nothing', () => {
  const tree = withLog([headers[0]!], {
    logged: (database) => {
      insertHeaders(database, [headers[1]!]);
    },
  });
  const log = tree['var/lib/rpm/rpmdb.sqlite-wal'];
  const cut = { ...tree, 'var/lib/rpm/rpmdb.sqlite-wal': log.subarray(0, log.length - 1) };
  assert.deepEqual(names(tree), ['bash', 'nodejs']);
  assert.deepEqual(runAnalyzer(rpm, cut).notes, []);
  assert.deepEqual(names(cut), ['bash']);
});

test('an empty log beside the database changes nothing', () => {
  const { database } = sqliteFile(headers);
  const tree = { 'var/lib/rpm/rpmdb.sqlite': database, 'var/lib/rpm/rpmdb.sqlite-wal': '' };
  assert.deepEqual(runAnalyzer(rpm, tree).notes, []);
  assert.equal(names(tree).length, 3);
});

test('a log that does not belong to the database is noted', () => {
  const many = Array.from({ length: 1000 }, (_, index) => rpmHeader({ ...bash, name: `q${index}` }));
  const { log } = sqliteFile(many, { logged: (database) => insertHeaders(database, many), pageSize: 512 });
  const { database } = sqliteFile([], { pageSize: 512 });
  const { notes } = runAnalyzer(rpm, { 'var/lib/rpm/rpmdb.sqlite': database, 'var/lib/rpm/rpmdb.sqlite-wal': log });
  assert.match(notes[0]?.problem ?? '', /write-ahead log/);
});

test('what a package needs is named by what is installed: names, capabilities, libraries and paths', () => {
  const all = [
    {
      ...{ name: 'tool', version: '1', release: '1' },
      requires: [
        'rpmlib(X)',
        '/bin/sh',
        'libc.so.6(GLIBC_2.34)(64bit)',
        'libc.so.6()(64bit)',
        'config(tool)',
        'cap(x)',
        '(a if b)',
        'absent',
      ],
    },
    {
      name: 'glibc',
      version: '1',
      release: '1',
      provides: ['glibc', 'libc.so.6(GLIBC_2.2.5)(64bit)', 'libc.so.6(OLD)'],
    },
    {
      name: 'bash',
      version: '1',
      release: '1',
      files: ['/usr/bin/bash'],
      requires: ['libc.so.6()(64bit)', 'libc.so.6'],
    },
    { name: 'z', version: '1', release: '1', provides: ['cap(x)'] },
  ];
  const { packages } = runAnalyzer(rpm, {
    'var/lib/rpm/Packages.db': ndbFile(all.map(rpmHeader)),
    bin: { link: 'usr/bin' },
    'usr/bin/sh': { link: 'bash' },
    'usr/bin/bash': '',
  });
  assert.deepEqual(
    packages.map(({ name, requires }) => [name, requires]),
    [
      ['tool', ['bash', 'glibc', 'z']],
      ['glibc', undefined],
      ['bash', ['glibc']],
      ['z', undefined],
    ],
  );
});

test('when a package was installed, who packed it and whether it is signed is told', () => {
  const fields = { name: 'a', version: '1', release: '1', installed: 1_700_000_000, packager: 'Jo <jo@example.org>' };
  const told = (more: object) =>
    runAnalyzer(rpm, { 'var/lib/rpm/Packages.db': ndbFile([rpmHeader({ ...fields, ...more })]) }).packages[0]?.metadata;
  const { installed, packager } = { installed: '2023-11-14T22:13:20Z', packager: 'Jo <jo@example.org>' };
  assert.deepEqual(told({}), { installed, packager, signed: 'no' });
  for (const signature of [259, 262, 267, 268, 278])
    assert.deepEqual(told({ signature }), { installed, packager, signed: 'yes' }, `${signature}`);
  assert.deepEqual(told({ name: 'gpg-pubkey' }), { installed, packager });
});

test('of what a package provides only what others may need is kept, each once', () => {
  const provides = [
    'a',
    'a(x86-64)',
    'config(a)',
    'product(SLES)',
    'weakremover(x)',
    'libz.so.1(A)',
    'libz.so.1(B)',
    '',
  ];
  const header = rpmHeader({ name: 'a', version: '1', release: '1', provides });
  const { facts } = viewOf(rpm, { 'var/lib/rpm/Packages.db': ndbFile([header]) });
  const data = facts[0]?.facts[0]?.data as { readonly provides: readonly string[] };
  assert.deepEqual(data.provides, ['a(x86-64)', 'libz.so.1']);
});
