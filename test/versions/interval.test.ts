import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyInterval } from '#versions/comparator.ts';
import { comparators, type Scheme } from '#versions/comparators.ts';
import { type Bounds, contains, exactly, interval } from '#versions/interval.ts';
import { seededRandom } from './seeded-random.ts';
import { versionSamples } from './version-samples.ts';

const open: Bounds = { introduced: null, fixed: null, lastAffected: null };

function holds(scheme: Scheme, bounds: Partial<Bounds>, version: string): boolean {
  const found = interval(comparators[scheme], { ...open, ...bounds });
  assert.ok(found.kind === 'interval', JSON.stringify(found));
  return holdsKey(scheme, found, version);
}

function holdsExactly(scheme: Scheme, exact: string, version: string): boolean {
  const found = exactly(comparators[scheme], exact);
  assert.ok(found.kind === 'interval');
  return holdsKey(scheme, found, version);
}

function holdsKey(scheme: Scheme, range: KeyInterval, version: string): boolean {
  const key = comparators[scheme].key(version);
  assert.ok(key instanceof Uint8Array, `${version} has no key`);
  return contains(range, key);
}

describe('an interval of an advisory', () => {
  test('holds the introduced version and not the fixed one', () => {
    const bounds = { introduced: '1.0.0', fixed: '1.2.0' };
    assert.equal(holds('semver', bounds, '0.9.9'), false);
    assert.equal(holds('semver', bounds, '1.0.0-rc.1'), false);
    assert.equal(holds('semver', bounds, '1.0.0'), true);
    assert.equal(holds('semver', bounds, '1.2.0-rc.1'), true);
    assert.equal(holds('semver', bounds, '1.2.0'), false);
  });

  test('holds the last affected version and nothing above', () => {
    const bounds = { lastAffected: '1.2-3' };
    assert.equal(holds('deb', bounds, '1.2-3'), true);
    assert.equal(holds('deb', bounds, '1.2-3~bpo1'), true);
    assert.equal(holds('deb', bounds, '1.2-3+b1'), false);
  });

  test('begins above the version that all affected ones are above', () => {
    const bounds = { introducedAfter: '1.0.0', lastAffected: '1.2.0' };
    assert.equal(holds('semver', bounds, '1.0.0'), false);
    assert.equal(holds('semver', bounds, '1.0.1-0'), true);
    assert.equal(holds('semver', bounds, '1.2.0'), true);
    assert.equal(holds('rpm', { introducedAfter: '1.2' }, '1.2-9.el9'), false);
    assert.equal(holds('rpm', { introducedAfter: '1.2' }, '1.2.1-1'), true);
    assert.equal(holds('pep440', { introducedAfter: '1.0' }, '1.0+local'), false);
    const nothing = interval(comparators.semver, { ...open, introducedAfter: '1.0.0', lastAffected: '1.0.0' });
    assert.ok(nothing.kind === 'empty');
    assert.match(nothing.reason, /after 1\.0\.0 to last affected 1\.0\.0/);
    assert.equal(interval(comparators.semver, { ...open, introducedAfter: 'x' }).kind, 'undecidable');
  });

  test('from 0 to 0 holds that one version', () => {
    assert.equal(holds('gem', { introduced: '0', lastAffected: '0' }, '0.a'), false);
    assert.equal(holds('gem', { introduced: '0', lastAffected: '0' }, '0'), true);
  });

  test('introduced 0 or nothing begins below the pre-releases of 0', () => {
    for (const introduced of ['0', null]) {
      assert.equal(holds('deb', { introduced, fixed: '1' }, '0~rc1'), true);
      assert.equal(holds('pep440', { introduced, fixed: '1' }, '0.dev0'), true);
      assert.equal(holds('semver', { introduced, fixed: '1.0.0' }, '0.0.0-alpha'), true);
      assert.equal(holds('apk', { introduced, fixed: '1' }, '0_alpha'), true);
    }
    assert.equal(holds('semver', { introduced: '0.0.0', fixed: '1.0.0' }, '0.0.0-alpha'), false);
  });

  test('without bounds holds every version', () => {
    for (const [scheme, version] of [
      ['deb', '0~~'],
      ['rpm', '~~'],
      ['apk', '0_alpha'],
      ['semver', '9999999999999999999999.0.0'],
      ['golang', '0.0.0-0'],
      ['pep440', '9999999!1'],
    ] as const) {
      assert.equal(holds(scheme, {}, version), true);
    }
    const found = interval(comparators.deb, open);
    assert.ok(found.kind === 'interval');
    assert.deepEqual([...found.lo], []);
    assert.deepEqual([...found.hi], [0xff]);
  });

  test('with both a fixed and a last affected version ends at the fixed one', () => {
    assert.equal(holds('semver', { fixed: '1.4.0', lastAffected: '1.2.0' }, '1.3.0'), true);
    assert.equal(holds('semver', { fixed: '1.4.0', lastAffected: '1.2.0' }, '1.4.0'), false);
  });

  test('that ends where it begins, or before, is empty and says so', () => {
    for (const [introduced, fixed] of [
      ['1.2.0', '1.2.0'],
      ['1.3.0', '1.2.0'],
    ] as const) {
      const found = interval(comparators.semver, { ...open, introduced, fixed });
      assert.ok(found.kind === 'empty');
      assert.match(found.reason, new RegExp(`from ${introduced} to fixed 1\\.2\\.0`));
    }
    const single = interval(comparators.semver, { ...open, introduced: '1.2.0', lastAffected: '1.2.0' });
    assert.equal(single.kind, 'interval');
    const inverted = interval(comparators.semver, { ...open, introduced: '1.2.0', lastAffected: '1.1.0' });
    assert.equal(inverted.kind, 'empty');
  });

  test('with a bound that cannot be read is undecidable and names the bound', () => {
    for (const [bounds, bound] of [
      [{ introduced: 'x' }, 'introduced'],
      [{ fixed: 'x' }, 'fixed'],
      [{ lastAffected: 'x' }, 'last affected'],
    ] as const) {
      const found = interval(comparators.semver, { ...open, ...bounds });
      assert.ok(found.kind === 'undecidable');
      assert.equal(found.text, 'x');
      assert.match(found.reason, new RegExp(`^${bound} 'x': not a semver version`));
    }
  });
});

describe('an rpm bound without a release', () => {
  test('as the fixed version excludes all its releases', () => {
    assert.equal(holds('rpm', { fixed: '1.2' }, '1.2-1.el9'), false);
    assert.equal(holds('rpm', { fixed: '1.2' }, '1.2'), false);
    assert.equal(holds('rpm', { fixed: '1.2' }, '1.2~rc1-1'), true);
    assert.equal(holds('rpm', { fixed: '1.2' }, '1.1-99'), true);
  });

  test('as the introduced or last affected version includes them', () => {
    assert.equal(holds('rpm', { introduced: '1.2' }, '1.2-1.el9'), true);
    assert.equal(holds('rpm', { introduced: '1.2' }, '1.2'), true);
    assert.equal(holds('rpm', { lastAffected: '1.2' }, '1.2-99.el9'), true);
    assert.equal(holds('rpm', { lastAffected: '1.2' }, '1.2^git1-1'), false);
    assert.equal(holds('rpm', { lastAffected: '1.2' }, '1.2.1-1'), false);
  });

  test('as an exact version means each of them', () => {
    assert.equal(holdsExactly('rpm', '1.2', '1.2-1.el9'), true);
    assert.equal(holdsExactly('rpm', '1.2', '0:1.2-7'), true);
    assert.equal(holdsExactly('rpm', '1.2', '1.2.1-1'), false);
    assert.equal(holdsExactly('rpm', '1.2', '1:1.2-1'), false);
    assert.equal(holdsExactly('rpm', '1.2-1', '1.2-1.el9'), false);
  });
});

describe('a Python bound', () => {
  test('as the last affected or exact version takes local builds in', () => {
    assert.equal(holds('pep440', { lastAffected: '1.0' }, '1.0+ubuntu.1'), true);
    assert.equal(holds('pep440', { lastAffected: '1.0' }, '1.0.post1'), false);
    assert.equal(holdsExactly('pep440', '1.0', '1.0.0+local'), true);
    assert.equal(holdsExactly('pep440', '1.0', '1.0.post1'), false);
    assert.equal(holdsExactly('pep440', '1.0', '1.0rc1'), false);
    assert.equal(holdsExactly('pep440', '1.0+a', '1.0'), false);
    assert.equal(holdsExactly('pep440', '1.0+a', '1.0+a'), true);
    assert.equal(holdsExactly('pep440', '1.0+a', '1.0+a.1'), false);
  });

  test('as the fixed version leaves its local builds out', () => {
    assert.equal(holds('pep440', { fixed: '1.0' }, '1.0+ubuntu.1'), false);
    assert.equal(holds('pep440', { fixed: '1.0' }, '1.0rc1'), true);
  });
});

describe('an exact version', () => {
  test('holds every spelling of it', () => {
    assert.equal(holdsExactly('semver', '1.2.3', 'v1.2.3+build'), true);
    assert.equal(holdsExactly('semver', '1.2.3', '1.2.3-rc'), false);
    assert.equal(holdsExactly('deb', '1.0', '0:1.0-0'), true);
    assert.equal(holdsExactly('apk', '1.0-r0', '1.0-r00'), true);
    assert.equal(holdsExactly('golang', 'v2.0.0', 'v2.0.0+incompatible'), true);
  });

  test('that cannot be read is undecidable', () => {
    assert.equal(exactly(comparators.apk, '1.0-beta').kind, 'undecidable');
  });
});

describe('intervals hold what the rules of the scheme say', () => {
  const seed = 4711;
  // pep440 and rpm treat local builds and missing releases apart; they are tested above.
  for (const scheme of ['deb', 'apk', 'semver', 'golang'] as const) {
    test(`${scheme}: from a to b holds x just when a <= x and x < b`, () => {
      const random = seededRandom(seed);
      const { compare, parse } = comparators[scheme];
      const texts = versionSamples(scheme, 800, random).filter(
        (text) => parse(text).kind === 'version' && text !== '0',
      );
      for (let times = 0; times < 5_000; times++) {
        const [a, b, x] = [random.pick(texts), random.pick(texts), random.pick(texts)];
        const found = interval(comparators[scheme], { introduced: a, fixed: b, lastAffected: null });
        const upTo = interval(comparators[scheme], { introduced: a, fixed: null, lastAffected: b });
        const fromA = Number(compare(a, x)) <= 0;
        const message = `${scheme}: ${JSON.stringify([a, b, x])} (seed ${seed})`;
        assert.equal(
          found.kind === 'interval' && holdsKey(scheme, found, x),
          fromA && Number(compare(x, b)) < 0,
          message,
        );
        assert.equal(
          upTo.kind === 'interval' && holdsKey(scheme, upTo, x),
          fromA && Number(compare(x, b)) <= 0,
          message,
        );
      }
    });
  }
});
