import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Comparator } from '#versions/comparator.ts';
import { comparators, type Scheme } from '#versions/comparators.ts';
import { compareBytes } from '#versions/interval.ts';
import { type GoldenLine, goldenLines } from './golden-lines.ts';

const schemes = Object.keys(comparators) as readonly Scheme[];

describe('our golden lines', () => {
  for (const scheme of schemes) {
    const lines = goldenLines(readFileSync(new URL(`./lines/${scheme}.txt`, import.meta.url), 'utf8'));

    test(`${scheme}: compare and key answer all ${lines.length} lines as written`, () => {
      assert.ok(lines.length >= 30);
      for (const line of lines) assertAnswered(comparators[scheme], line);
    });
  }
});

/** Where a line of the shared files is not followed, and why; `answer` is ours. */
interface Exception {
  readonly line: string;
  readonly answer: '<' | '=' | '>' | 'undecidable';
}

/** The shared file holds what apk-tools 3 says of texts that 3 does not take; 2.14 takes them and says the opposite. */
const apk3Answers: readonly Exception[] = [
  { line: '0.r1 < 0r2', answer: '>' },
  { line: '0.8.21.r2 < 0.8.21r2', answer: '>' },
];

/** Not a version for apk-tools 2.14 nor for 3, which disagree about the order of such texts. */
const apkInvalid: readonly Exception[] = [
  '1-r-0 < 1-r0',
  '1-r-1 < 1-r0',
  '1.2.0A < 1.2.0d',
  '1.2.0D < 1.2.0d',
  '1-r2 > 1-r-1',
  '1 > 1-ruff',
  '1-r0-1 = 1-r-2',
  '1-r0-1 = 1-r0-2',
  '1-ruff2 = 1-ruff1',
  '1-ruff2 = 1--ruff1',
  '1-r0-ruff2 = 1-r0-ruff1',
  '1.2 > 1.2_blah',
  '1.2_svn1 > 1.2_csv2',
  '1.2_cvs1 > 1.2_blah',
  '23_foo > 4_beta',
  '1.0 < 1.0bc',
].map((line) => ({ line, answer: 'undecidable' }));

/** Legacy strings, which are no versions since packaging 22. */
const pypiLegacy: readonly Exception[] = [
  '0.1-bulbasaur < 0.1-charmander',
  '0.1-charmander < 0.9-doduo',
  '0.9-doduo < 0.9-eevee',
  '0.9-eevee < 0.9-fearow',
  '0.9-fearow < 0.9-gyarados',
  '0.9-gyarados < 0.9-horsea',
  '0.9-horsea < 0.9-ivysaur',
  '0.9-ivysaur < 1.0',
  '-class.-jw.util.version.version-pre < 1.0',
  '-class.-jw.util.version.version-preview < 1.0',
  '-class.-jw.util.version.version-dev < 1.0',
].map((line) => ({ line, answer: 'undecidable' }));

/** Five numbers are no semantic version; npm would read such texts by giving digits back to a pre-release. */
const semverFourParts: readonly Exception[] = [{ line: '1.1.3.4.5 = 1.1.3.4.5', answer: 'undecidable' }];

/** Every ComparableVersion from 3.0 to 4.0 reads `1-ga-1` as a list within a list, below the number of `1-1`. */
const mavenNested: readonly Exception[] = [{ line: '1-1 = 1-ga-1', answer: '>' }];

/** The shared file compares by version_compare of PHP alone; Composer normalizes first, and refuses these. */
const composerRefused: readonly Exception[] = [
  '4.3-2RC1 < 4.3-2RC2',
  '4.3-2RC2 > 4.3-2beta5',
  '4.3-2 > 4.3-2beta1',
  'dev-foo < 1.26.0',
  '1.26.0 > dev-foo',
  '1.2.3.# = 1.2.3',
  '1.2.3.# = 1.2.3.#',
  '1.2.3.# = 1.2.3.1',
  '1.2.3.#.1 > 1.2.3',
  '1.2.3.#.p3 > 1.2.3',
  '1.2.3.#.beta < 1.2.3',
  `${'9'.repeat(29)}1 < ${'9'.repeat(30)}`,
  `${`${'9'.repeat(29)}1.`.repeat(2)}${'9'.repeat(29)}1 < ${'9'.repeat(30)}.${'9'.repeat(29)}1.${'9'.repeat(29)}1`,
].map((line) => ({ line, answer: 'undecidable' }));

/** Composer fills up to four numbers. */
const composerFilled: readonly Exception[] = [{ line: '1.0.0 > 1.0', answer: '=' }];

/** Five numbers are no version for pub. */
const pubFiveParts: readonly Exception[] = [{ line: '1.1.3.4.5 = 1.1.3.4.5', answer: 'undecidable' }];

const shared = new URL('../../../shared/versions/', import.meta.url);
const sharedFiles: readonly { file: string; scheme: Scheme; count: number; exceptions: readonly Exception[] }[] = [
  { file: 'alpine-versions.txt', scheme: 'apk', count: 778, exceptions: [...apk3Answers, ...apkInvalid] },
  { file: 'debian-versions.txt', scheme: 'deb', count: 30, exceptions: [] },
  { file: 'redhat-versions.txt', scheme: 'rpm', count: 165, exceptions: [] },
  { file: 'pypi-versions.txt', scheme: 'pep440', count: 37, exceptions: pypiLegacy },
  { file: 'semver-versions.txt', scheme: 'semver', count: 86, exceptions: semverFourParts },
  { file: 'rubygems-versions.txt', scheme: 'gem', count: 25, exceptions: [] },
  { file: 'maven-versions.txt', scheme: 'maven', count: 102, exceptions: mavenNested },
  { file: 'nuget-versions.txt', scheme: 'nuget', count: 35, exceptions: [] },
  {
    file: 'packagist-versions.txt',
    scheme: 'composer',
    count: 95,
    exceptions: [...composerRefused, ...composerFilled],
  },
  { file: 'pub-versions.txt', scheme: 'pub', count: 100, exceptions: pubFiveParts },
  { file: 'cran-versions.txt', scheme: 'cran', count: 21, exceptions: [] },
  { file: 'hackage-versions.txt', scheme: 'hackage', count: 11, exceptions: [] },
];

describe('the golden lines of ../shared/versions', () => {
  for (const { file, scheme, count, exceptions } of sharedFiles) {
    const path = new URL(file, shared);
    if (!existsSync(path)) {
      test(`${file} (skipped: ../shared/versions is not here)`, { skip: true }, () => {});
      continue;
    }
    const lines = goldenLines(readFileSync(path, 'utf8'));

    test(`${scheme}: compare and key agree with ${file} but for ${exceptions.length} known lines`, () => {
      assert.equal(lines.length, count);
      const known = new Set(exceptions.map(({ line }) => line));
      for (const line of lines) if (!known.has(line.line)) assertAnswered(comparators[scheme], line);
    });

    test(`${scheme}: every known exception to ${file} is still needed`, () => {
      for (const { line, answer } of exceptions) {
        const golden = lines.find((candidate) => candidate.line === line);
        assert.ok(golden?.kind === 'order', `${line} is not in ${file}`);
        assert.notEqual(golden.order, answer);
        assert.equal(answerOf(comparators[scheme], golden.a, golden.b), answer, line);
        assert.equal(keyAnswerOf(comparators[scheme], golden.a, golden.b), answer, line);
      }
    });
  }
});

function assertAnswered(comparator: Comparator, line: GoldenLine): void {
  if (line.kind === 'undecidable') {
    assert.equal(comparator.parse(line.text).kind, 'undecidable', line.line);
    return;
  }
  const { a, order, b } = line;
  const turned = { '<': '>', '=': '=', '>': '<' }[order];
  assert.equal(answerOf(comparator, a, b), order, line.line);
  assert.equal(answerOf(comparator, b, a), turned, `${line.line}, turned around`);
  assert.equal(keyAnswerOf(comparator, a, b), order, `${line.line}, by key`);
}

function answerOf(comparator: Comparator, a: string, b: string): string {
  const difference = comparator.compare(a, b);
  return typeof difference === 'number' ? sign(difference) : difference.kind;
}

function keyAnswerOf(comparator: Comparator, a: string, b: string): string {
  const one = comparator.key(a);
  const two = comparator.key(b);
  if (one instanceof Uint8Array && two instanceof Uint8Array) return sign(compareBytes(one, two));
  return 'undecidable';
}

function sign(difference: number): '<' | '=' | '>' {
  return difference < 0 ? '<' : difference > 0 ? '>' : '=';
}
