import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  after,
  before,
  common,
  comparison,
  everything,
  from,
  isOnly,
  only,
  outside,
  span,
  through,
} from '#versions/bounds.ts';
import { comparators } from '#versions/comparators.ts';
import { affectedBeside } from '#versions/define-range-syntax.ts';
import { type Bounds, contains, interval } from '#versions/interval.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';

const { semver } = comparators;
const seed = 815;

function holds(bounds: Bounds, version: string): boolean {
  const key = semver.key(version);
  const found = interval(semver, bounds);
  return key instanceof Uint8Array && found.kind === 'interval' && contains(found, key);
}

function randomVersion(random: SeededRandom): string {
  return `${random.below(3)}.${random.below(3)}.0${random.pick(['', '', '-rc'])}`;
}

function randomBounds(random: SeededRandom): Bounds {
  const [a, b] = [randomVersion(random), randomVersion(random)];
  const low = random.pick([everything, from(a), after(a)]);
  const high = random.pick([everything, before(b), through(b)]);
  return { ...low, fixed: high.fixed, lastAffected: high.lastAffected };
}

describe('bounds', () => {
  test('hold the versions that their words say', () => {
    const cases: readonly (readonly [Bounds, string])[] = [
      [everything, '0.9.0 1.0.0 1.5.0 2.0.0 2.5.0'],
      [from('1.0.0'), '1.0.0 1.5.0 2.0.0 2.5.0'],
      [after('1.0.0'), '1.5.0 2.0.0 2.5.0'],
      [before('2.0.0'), '0.9.0 1.0.0 1.5.0'],
      [through('2.0.0'), '0.9.0 1.0.0 1.5.0 2.0.0'],
      [only('1.5.0'), '1.5.0'],
      [span('1.0.0', '2.0.0'), '1.0.0 1.5.0'],
    ];
    for (const [bounds, inside] of cases) {
      const found = ['0.9.0', '1.0.0', '1.5.0', '2.0.0', '2.5.0'].filter((version) => holds(bounds, version));
      assert.equal(found.join(' '), inside, JSON.stringify(bounds));
    }
    const apart = ['0.9.0', '1.5.0', '2.0.0'].filter((version) =>
      comparison('!=', '1.5.0').some((bounds) => holds(bounds, version)),
    );
    assert.deepEqual(apart, ['0.9.0', '2.0.0']);
  });

  test('of one version are told from those of several', () => {
    assert.ok(isOnly(only('1.0.0')));
    for (const bounds of [
      everything,
      from('1.0.0'),
      span('1.0.0', '1.0.0'),
      { ...only('1.0.0'), introducedAfter: '1.0.0' },
    ]) {
      assert.ok(!isOnly(bounds));
    }
  });

  test('that are joined hold just what both hold', () => {
    const random = seededRandom(seed);
    for (let times = 0; times < 3_000; times++) {
      const [a, b, version] = [randomBounds(random), randomBounds(random), randomVersion(random)];
      const both = common(a, b, semver);
      const found = 'kind' in both ? both.kind === 'undecidable' : holds(both, version);
      assert.equal(found, holds(a, version) && holds(b, version), `${JSON.stringify([a, b, version])} (seed ${seed})`);
    }
  });

  test('that cannot be compared are undecidable, but only where they have to be', () => {
    assert.deepEqual(common(from('1.0.0'), before('next'), semver), span('1.0.0', 'next'));
    assert.deepEqual(common(from('next'), before('1.0.0'), semver), span('next', '1.0.0'));
    for (const two of [before('1.0.0'), through('1.0.0')]) {
      const found = common(before('next'), two, semver);
      assert.ok('kind' in found && found.kind === 'undecidable');
    }
    const found = common(from('1.0.0'), after('next'), semver);
    assert.ok('kind' in found && found.kind === 'undecidable');
    assert.match(found.reason, /introduced 'next'/);
  });

  test('have outside of them what they do not hold', () => {
    const random = seededRandom(seed + 1);
    for (let times = 0; times < 3_000; times++) {
      const [bounds, version] = [randomBounds(random), randomVersion(random)];
      if (interval(semver, bounds).kind === 'empty') continue;
      const found = outside(bounds).some((rest) => holds(rest, version));
      assert.equal(found, !holds(bounds, version), `${JSON.stringify([bounds, version])} (seed ${seed})`);
    }
  });
});

describe('what is affected beside the patched and the never affected versions', () => {
  test('is what lies between them, and ends at the patches', () => {
    const reading = affectedBeside([before('1.0.0'), span('1.2.3', '1.3.0-0'), from('1.4.1')], semver);
    assert.deepEqual(reading, { kind: 'ranges', ranges: [span('1.0.0', '1.2.3'), span('1.3.0-0', '1.4.1')] });
  });

  test('is everything where nothing is patched, and nothing where all is', () => {
    assert.deepEqual(affectedBeside([], semver), { kind: 'ranges', ranges: [everything] });
    assert.equal(affectedBeside([from('0')], semver).kind, 'empty');
    assert.equal(affectedBeside([before('1.0.0'), from('0.5.0')], semver).kind, 'empty');
  });

  test('is what none of random ranges holds', () => {
    const random = seededRandom(seed + 2);
    for (let times = 0; times < 1_000; times++) {
      const good = Array.from({ length: 1 + random.below(4) }, () => randomBounds(random)).filter(
        (bounds) => interval(semver, bounds).kind !== 'empty',
      );
      const version = randomVersion(random);
      const reading = affectedBeside(good, semver);
      assert.notEqual(reading.kind, 'unreadable');
      const found = reading.kind === 'ranges' && reading.ranges.some((bounds) => holds(bounds, version));
      assert.equal(
        found,
        !good.some((bounds) => holds(bounds, version)),
        `${JSON.stringify([good, version])} (seed ${seed})`,
      );
    }
  });

  test('cannot be told where a patch cannot be placed among others', () => {
    assert.equal(affectedBeside([from('next'), from('1.0.0')], semver).kind, 'unreadable');
  });
});
