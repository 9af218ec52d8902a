import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import npmSemver from 'semver';
import { comparators, type Scheme } from '#versions/comparators.ts';
import { seededRandom } from './seeded-random.ts';
import { versionSamples } from './version-samples.ts';

const seed = 1_999;

/** Pairs of neighbours and of strangers. */
function pairsOf(scheme: Scheme, count: number): readonly (readonly [string, string])[] {
  const random = seededRandom(seed);
  const texts = versionSamples(scheme, count, random).filter((text) => /^[\x21-\x7e]+$/.test(text));
  return texts.map((text, place) => [text, place % 2 === 0 ? (texts[place + 1] ?? text) : random.pick(texts)]);
}

function signOf(scheme: Scheme, [a, b]: readonly [string, string]): number | null {
  const difference = comparators[scheme].compare(a, b);
  return typeof difference === 'number' ? Math.sign(difference) : null;
}

describe('semver agrees with node-semver', () => {
  /** npm keeps numbers as doubles. */
  const exactForNpm = (text: string) => !/\d{16}/.test(text);
  /** npm gives digits of the patch back to a pre-release when a fourth part follows. */
  const fourParts = (text: string) => /^[v=\s]*\d+\.\d+\.\d+\./.test(text);
  /** npm wants three numbers. */
  const short = (text: string) => /^[v=\s]*\d+(\.\d+)?(\+|$)/.test(text);

  test('on what is a version, but for four parts and short bounds', () => {
    for (const text of versionSamples('semver', 8_000, seededRandom(seed)).filter(exactForNpm)) {
      if (fourParts(text) || short(text)) continue;
      const ours = comparators.semver.parse(text).kind === 'version';
      assert.equal(ours, npmSemver.valid(text, { loose: true }) !== null, `${JSON.stringify(text)} (seed ${seed})`);
    }
  });

  test('on the order of any two versions', () => {
    let compared = 0;
    for (const [a, b] of pairsOf('semver', 8_000)) {
      const found = signOf('semver', [a, b]);
      if (found === null || ![a, b].every((text) => exactForNpm(text) && !short(text))) continue;
      assert.equal(found, npmSemver.compare(a, b, { loose: true }), `${a} ${b} (seed ${seed})`);
      compared++;
    }
    assert.ok(compared > 1_000, `only ${compared} pairs`);
  });

  for (const scheme of ['golang', 'cargo', 'hex', 'nuget', 'pub'] as const) {
    // npm knows no fourth number, orders letters by case, and compares build metadata only when asked, as pub does.
    const compare = scheme === 'pub' ? npmSemver.compareBuild : npmSemver.compare;
    const forNpm = (text: string) => (scheme === 'nuget' ? text.toUpperCase() : text);
    /** NuGet and pub keep the numbers of a pre-release in an int. */
    const beyondInt = /[-.+]\d{10}/;

    test(`${scheme} too, on strict versions of three numbers`, () => {
      let compared = 0;
      for (const pair of pairsOf(scheme, 8_000)) {
        const [a, b] = [forNpm(pair[0]), forNpm(pair[1])];
        if (![a, b].every((text) => exactForNpm(text) && npmSemver.valid(text) !== null)) continue;
        if (scheme === 'nuget' && [a, b].some((text) => beyondInt.test(text))) continue;
        const found = signOf(scheme, pair);
        if (found === null) continue;
        assert.equal(found, compare(a, b), `${pair.join(' ')} (seed ${seed})`);
        compared++;
      }
      assert.ok(compared > 300, `only ${compared} pairs`);
    });
  }
});

describe('deb agrees with dpkg', () => {
  const missing = spawnSync('dpkg', ['--version']).status !== 0;

  test(`on 120 pairs${missing ? ' (skipped: dpkg is not on the PATH)' : ''}`, { skip: missing }, () => {
    const holds = (a: string, relation: string, b: string) =>
      spawnSync('dpkg', ['--compare-versions', '--', a, relation, b]).status === 0;
    for (const pair of pairsOf('deb', 120)) {
      const found = signOf('deb', pair);
      if (found === null) continue;
      const relation = found < 0 ? 'lt' : found > 0 ? 'gt' : 'eq';
      assert.ok(holds(pair[0], relation, pair[1]), `${pair[0]} ${relation} ${pair[1]} (seed ${seed})`);
    }
  });
});

describe('pep440 agrees with the packaging library', () => {
  const script = `
import json, sys
from packaging.version import InvalidVersion, Version
def read(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None
def sign(a, b):
    x, y = read(a), read(b)
    return None if x is None or y is None else (x > y) - (x < y)
json.dump([sign(a, b) for a, b in json.load(sys.stdin)], sys.stdout)
`;
  // Before 22 there were legacy versions, which are refused today.
  const probe = 'import packaging; assert int(packaging.__version__.split(".")[0]) >= 22';
  const missing = spawnSync('python3', ['-c', probe]).status !== 0;

  test(`on 4,000 pairs${missing ? ' (skipped: python3 has no packaging 22 or later)' : ''}`, { skip: missing }, () => {
    const pairs = pairsOf('pep440', 4_000);
    const run = spawnSync('python3', ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const wanted = JSON.parse(run.stdout) as readonly (number | null)[];
    for (const [place, pair] of pairs.entries()) {
      assert.equal(signOf('pep440', pair), wanted[place], `${pair.join(' ')} (seed ${seed})`);
    }
  });
});
