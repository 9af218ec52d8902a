import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import npmSemver from 'semver';
import { type Comparator, maxVersionLength } from '#versions/comparator.ts';
import { comparators, type Scheme } from '#versions/comparators.ts';
import { contains, interval } from '#versions/interval.ts';
import { maxRangeLength, type RangeReading } from '#versions/range-syntax.ts';
import { type RangeSyntaxName, rangeSyntaxes } from '#versions/range-syntaxes.ts';
import { seededRandom } from './seeded-random.ts';

const names = Object.keys(rangeSyntaxes) as readonly RangeSyntaxName[];

/** The scheme whose versions the lines of a syntax hold. */
const schemes: Readonly<Record<RangeSyntaxName, Scheme>> = {
  ghsa: 'semver',
  npm: 'semver',
  cargo: 'cargo',
  hex: 'hex',
  pep440: 'pep440',
  gem: 'gem',
  composer: 'composer',
  maven: 'maven',
  nuget: 'nuget',
  conan: 'generic',
};

function holds(reading: RangeReading, comparator: Comparator, version: string): boolean {
  assert.ok(reading.kind !== 'unreadable', JSON.stringify(reading));
  const key = comparator.key(version);
  assert.ok(key instanceof Uint8Array, `${version} has no key`);
  if (reading.kind === 'empty') return false;
  return reading.ranges.some((bounds) => {
    const found = interval(comparator, bounds);
    return found.kind === 'interval' && contains(found, key);
  });
}

describe('the list of range syntaxes', () => {
  test('every syntax is in the list under its own name and has lines', () => {
    const files = readdirSync(new URL('../../layers/versions/ranges/', import.meta.url));
    assert.deepEqual(files.map((file) => file.replace(/\.ts$/, '')).sort(), [...names].sort());
    const lines = readdirSync(new URL('./range-lines/', import.meta.url));
    assert.deepEqual(lines.map((file) => file.replace(/\.txt$/, '')).sort(), [...names].sort());
    for (const name of names) assert.equal(rangeSyntaxes[name].name, name);
  });
});

for (const name of names) {
  const comparator = comparators[schemes[name]];
  const lines = readFileSync(new URL(`./range-lines/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));

  test(`${name}: all ${lines.length} lines hold the versions they say, are empty or unreadable`, () => {
    for (const line of lines) {
      const [, kind, text = ''] = /^(empty|unreadable)\b ?(.*)$/.exec(line) ?? [];
      if (kind !== undefined) {
        const reading = rangeSyntaxes[name].parse(text, comparator);
        assert.equal(reading.kind, kind, `${line}: ${JSON.stringify(reading)}`);
        continue;
      }
      const [, range = '', inside = '', beside = ''] = /^(.*?) {2}has(.*?) {2}lacks(.*)$/.exec(line) ?? [];
      assert.notEqual(inside, '', `not a line: ${line}`);
      const reading = rangeSyntaxes[name].parse(range, comparator);
      const told = `${line}: ${JSON.stringify(reading)}`;
      for (const version of inside.trim().split(' '))
        assert.equal(holds(reading, comparator, version), true, `${version} ${told}`);
      for (const version of beside.split(' ').filter((word) => word !== '')) {
        assert.equal(holds(reading, comparator, version), false, `${version} ${told}`);
      }
    }
  });

  test(`${name}: a hostile text is answered, and soon`, () => {
    const long = (piece: string) => piece.repeat(maxRangeLength).slice(0, maxRangeLength);
    const pieces = [
      '>=1,',
      '!=1.0,',
      '!=1.0 ',
      '^1 ',
      '||',
      '|',
      '1 - ',
      ' ',
      '[',
      '[1,2],',
      '(,',
      '1.',
      '1a',
      '-',
      '@dev',
      '9',
      '~> 1, ',
      '>1 <2 ||',
      '\0',
      '*.',
      '.x',
    ];
    for (const piece of [...pieces, '!=1.0.1,!=1.0.2,!=1.0.3,']) {
      assert.ok(['ranges', 'empty', 'unreadable'].includes(rangeSyntaxes[name].parse(long(piece), comparator).kind));
    }
    const tooLong = rangeSyntaxes[name].parse(`>=1.0.0${' '.repeat(maxRangeLength)}`, comparator);
    assert.ok(tooLong.kind === 'unreadable');
    assert.match(tooLong.reason, /longer than 20000 characters/);
  });
}

describe('a reading', () => {
  const { semver, pep440, composer } = comparators;

  test('gives the bounds in the words of an advisory', () => {
    const none = { introduced: null, fixed: null, lastAffected: null };
    const read = (text: string) => {
      const reading = rangeSyntaxes.ghsa.parse(text, semver);
      assert.ok(reading.kind === 'ranges');
      return reading.ranges;
    };
    assert.deepEqual(read('>= 1.0.0, < 1.2.3'), [{ ...none, introduced: '1.0.0', fixed: '1.2.3' }]);
    assert.deepEqual(read('> 1.0.0, <= 1.2.3'), [{ ...none, introducedAfter: '1.0.0', lastAffected: '1.2.3' }]);
    assert.deepEqual(read('= 1.0.0'), [{ ...none, introduced: '1.0.0', lastAffected: '1.0.0' }]);
    assert.deepEqual(read('!= 1.0.0'), [
      { ...none, fixed: '1.0.0' },
      { ...none, introducedAfter: '1.0.0' },
    ]);
  });

  test('keeps a bound that the scheme cannot place where it stands alone, and is unreadable where it had to be compared', () => {
    const alone = rangeSyntaxes.ghsa.parse('>= 1.0.0, < next', semver);
    assert.ok(alone.kind === 'ranges');
    assert.equal(alone.ranges[0]?.fixed, 'next');
    const compared = rangeSyntaxes.ghsa.parse('< 2.0.0, < next', semver);
    assert.ok(compared.kind === 'unreadable');
    assert.match(compared.reason, /ghsa.*fixed 'next'/);
  });

  test('gives a branch of Composer as its exact name', () => {
    const reading = rangeSyntaxes.composer.parse('<1.2|dev-main', composer);
    assert.ok(reading.kind === 'ranges');
    assert.deepEqual(
      reading.ranges.map(({ introduced, lastAffected }) => [introduced, lastAffected]),
      [
        [null, null],
        ['dev-main', 'dev-main'],
      ],
    );
  });

  test('of more conditions than can be meant is unreadable', () => {
    const many = Array.from({ length: 1500 }, (_, number) => `!=1.${number}`).join(',');
    const reading = rangeSyntaxes.pep440.parse(many, pep440);
    assert.ok(reading.kind === 'unreadable');
    assert.match(reading.reason, /too many conditions/);
  });

  test('survives versions longer than a scheme looks at', () => {
    const text = `<${'1'.repeat(maxVersionLength + 1)}`;
    for (const name of names) {
      const reading = rangeSyntaxes[name].parse(text, comparators[schemes[name]]);
      assert.ok(reading.kind === 'ranges' || reading.kind === 'unreadable', name);
    }
  });
});

describe('npm agrees with node-semver', () => {
  const seed = 2_026;

  test('on which versions, pre-releases included, lie in random ranges', () => {
    const random = seededRandom(seed);
    const number = () => random.pick(['0', '0', '1', '1', '2', '3', '10']);
    const version = () =>
      `${number()}.${number()}.${number()}${random.pick(['', '', '', '-0', '-alpha', '-rc.1', '-1'])}`;
    const partial = () =>
      random.pick([
        version,
        version,
        number,
        () => `${number()}.${number()}`,
        () => `${number()}.x`,
        () => `${number()}.${number()}.*`,
        () => '*',
      ])();
    const term = () => random.pick(['^', '~', '>', '<', '>=', '<=', '=', '', ' >= ', '< ', '~>']) + partial();
    const alternative = () =>
      random.once(6) ? `${partial()} - ${partial()}` : Array.from({ length: 1 + random.below(3) }, term).join(' ');
    let inside = 0;
    for (let times = 0; times < 5_000; times++) {
      const range = Array.from({ length: 1 + random.below(2) }, alternative).join(' || ');
      const reading = rangeSyntaxes.npm.parse(range, comparators.semver);
      const text = version();
      const wanted = npmSemver.satisfies(text, range, { loose: true, includePrerelease: true });
      assert.equal(holds(reading, comparators.semver, text), wanted, `${text} in ${range} (seed ${seed})`);
      if (wanted) inside++;
    }
    assert.ok(inside > 500, `only ${inside} inside`);
  });
});
