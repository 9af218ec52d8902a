import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { classifiers } from '#analysis/binaries/classifiers.ts';
import { cpeName, parseCpe } from '#core/cpe.ts';

test('every version stands beside the text that is searched for, in a group of its own', () => {
  for (const { name, versions, goModules } of classifiers) {
    assert.ok(versions.length > 0 || goModules !== undefined, name);
    for (const { near, is } of versions) {
      assert.ok(near.length > 0 && near.length <= 32, `${name}: ${near}`);
      assert.match(is.source, /\(\?<version>/, name);
      assert.equal(is.flags, '', `${name}: expressions keep nothing between calls`);
    }
  }
});

test('a program has the same CPE names however it is recognised', () => {
  const known = new Map<string, readonly string[]>();
  for (const { name, cpes } of classifiers) {
    assert.deepEqual(cpes, known.get(name) ?? cpes, name);
    known.set(name, cpes);
    for (const cpe of cpes) assert.notEqual(cpeName(parseCpe(`cpe:2.3:a:${cpe}:1.0:*:*:*:*:*:*:*`)!), null, cpe);
  }
});

test('no expression takes more than linear time on what hostile files put around a text', () => {
  const fillers = [
    '1',
    '1.',
    '.1',
    '1.1.1',
    '\x00',
    '1.1.1\x00',
    'a',
    '-',
    'a1',
    ' ',
    '(',
    ') \x00',
    '1.1.1-',
    '\x001.2.3\x00',
  ];
  let tried = 0;
  for (const { versions } of classifiers) {
    for (const { near, is } of versions) {
      for (const filler of fillers) {
        const text = filler.repeat(1024).slice(0, 1024);
        is.exec(text.slice(0, 256) + near + text);
        is.exec((near + filler).repeat(1024).slice(0, 1280));
        tried += 2;
      }
    }
  }
  assert.ok(tried > 1000);
});

/** Names of NVD whose entries are all of years that are not there. */
const ofOtherYears = [
  'amazon:aws_libcrypto',
  'arangodb:arangodb',
  'elastic:auditbeat',
  'elastic:heartbeat',
  'elastic:packetbeat',
  'facebook:zstandard',
  'haskell:cabal',
  'haskell:ghc',
  'haskell:stack',
  'julialang:julia',
  'oven-sh:bun',
  'oven:bun',
  'qt:qtbase',
  'wp-cli:wp-cli',
  'zetetic:sqlcipher',
];
const folder = join(import.meta.dirname, '../../../shared/feeds/nvd');
const skip = existsSync(folder) ? false : '../shared/feeds is not here';

test(`CPE names are those that the NVD uses${skip === false ? '' : ` (skipped: ${skip})`}`, { skip }, () => {
  const left = new Set(classifiers.flatMap(({ cpes }) => cpes).filter((cpe) => !ofOtherYears.includes(cpe)));
  const years = [2023, 2022, 2018, 2017, 2016, 2015, 2014].map((year) => `nvdcve-1.1-${year}.json.zst`);
  for (const file of ['anchore-nvd-overrides.jsonl.zst', ...years]) {
    const text = zstdDecompressSync(readFileSync(join(folder, file)));
    for (const cpe of left) if (text.includes(`cpe:2.3:a:${cpe.replaceAll('\\', '\\\\')}:`)) left.delete(cpe);
    if (left.size === 0) break;
  }
  assert.deepEqual([...left], []);
});
