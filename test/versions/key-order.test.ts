import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxVersionLength } from '#versions/comparator.ts';
import { comparators, type Scheme } from '#versions/comparators.ts';
import { compareBytes } from '#versions/interval.ts';
import { seededRandom } from './seeded-random.ts';
import { versionSamples } from './version-samples.ts';

const schemes = Object.keys(comparators) as readonly Scheme[];
const seed = 20_261_121;

interface Sample {
  readonly text: string;
  readonly key: Uint8Array;
}

/** Distinct texts that the scheme takes, from a grammar and its mutated neighbours. */
function samplesOf(scheme: Scheme): readonly Sample[] {
  const texts = new Set(versionSamples(scheme, 1200, seededRandom(seed)));
  return [...texts].flatMap((text) => {
    const key = comparators[scheme].key(text);
    return key instanceof Uint8Array ? [{ text, key }] : [];
  });
}

function signOfComparison(scheme: Scheme, a: string, b: string): number {
  const difference = comparators[scheme].compare(a, b);
  assert.ok(typeof difference === 'number', `${scheme}: ${a} and ${b} have keys but cannot be compared (seed ${seed})`);
  return Math.sign(difference);
}

for (const scheme of schemes) {
  describe(`the order of ${scheme}`, () => {
    const samples = samplesOf(scheme);

    test('two versions are in the same order by their keys as by the rules of the scheme', () => {
      assert.ok(samples.length > 300, `only ${samples.length} samples are versions`);
      const some = samples.slice(0, 300);
      for (const a of some) {
        for (const b of some) {
          const wanted = signOfComparison(scheme, a.text, b.text);
          const found = Math.sign(compareBytes(a.key, b.key));
          assert.equal(found, wanted, `${scheme}: ${JSON.stringify([a.text, b.text])} (seed ${seed})`);
        }
      }
    });

    test('neighbours of a character or two are in the same order by key as by rule', () => {
      for (const [place, a] of samples.entries()) {
        for (const b of samples.slice(place, place + 5)) {
          const wanted = signOfComparison(scheme, a.text, b.text);
          const found = Math.sign(compareBytes(a.key, b.key));
          assert.equal(found, wanted, `${scheme}: ${JSON.stringify([a.text, b.text])} (seed ${seed})`);
        }
      }
    });

    test('turning a comparison around turns its answer around', () => {
      const random = seededRandom(seed + 1);
      for (let times = 0; times < 20_000; times++) {
        const a = random.pick(samples).text;
        const b = random.pick(samples).text;
        const sum = signOfComparison(scheme, a, b) + signOfComparison(scheme, b, a);
        assert.equal(sum, 0, `${scheme}: ${JSON.stringify([a, b])} (seed ${seed})`);
      }
      for (const { text } of samples) assert.equal(signOfComparison(scheme, text, text), 0, text);
    });

    test('of three versions the lowest is below the highest', () => {
      const random = seededRandom(seed + 2);
      for (let times = 0; times < 10_000; times++) {
        const three = [random.pick(samples).text, random.pick(samples).text, random.pick(samples).text] as const;
        const [a, b, c] = three;
        if (signOfComparison(scheme, a, b) > 0 || signOfComparison(scheme, b, c) > 0) continue;
        assert.ok(signOfComparison(scheme, a, c) <= 0, `${scheme}: ${JSON.stringify(three)} (seed ${seed})`);
      }
    });

    test('no key begins another, and none begins with ff', () => {
      const sorted = samples.toSorted((a, b) => compareBytes(a.key, b.key));
      for (const [place, { text, key }] of sorted.entries()) {
        assert.notEqual(key[0], 0xff, text);
        // What a key begins would stand right behind it in the order.
        const next = sorted.slice(place + 1).find((other) => compareBytes(key, other.key) !== 0);
        if (next === undefined) continue;
        const begins = compareBytes(key, next.key.subarray(0, key.length)) === 0;
        assert.ok(!begins, `${scheme}: the key of ${text} begins that of ${next.text} (seed ${seed})`);
      }
    });

    test('what has no key cannot be compared, and the other way round', () => {
      for (const text of versionSamples(scheme, 1200, seededRandom(seed + 3))) {
        const hasKey = comparators[scheme].key(text) instanceof Uint8Array;
        assert.equal(typeof comparators[scheme].compare(text, text) === 'number', hasKey, text);
        assert.equal(comparators[scheme].parse(text).kind, hasKey ? 'version' : 'undecidable', text);
      }
    });

    test('no key is longer than 1,300 bytes, an index entry holds it', () => {
      const random = seededRandom(seed + 4);
      for (const piece of costly[scheme]) {
        const start = ['semver', 'golang', 'nuget', 'cargo', 'hex', 'pub', 'julia', 'bitnami'].includes(scheme)
          ? '1.0.0-a'
          : '1';
        const text = (start + piece.repeat(maxVersionLength)).slice(0, maxVersionLength);
        // Cut back to what is a version.
        for (let length = text.length; length > text.length - 8; length--) assertBounded(scheme, text.slice(0, length));
      }
      const texts = versionSamples(scheme, 300, random).map((text) => text.repeat(40).slice(0, maxVersionLength));
      for (const text of texts) assertBounded(scheme, text);
    });
  });
}

/** Pieces that cost the most bytes of key for a character. */
const costly: Readonly<Record<Scheme, readonly string[]>> = {
  deb: ['.1', '~1', 'a1', '1', '.'],
  rpm: ['a1', '.1', '~1', '^a', 'a.'],
  apk: ['.1', '.0', '.01', 'a1', '.', '_p1', '_p', '-r1', '.00'],
  semver: ['.a', '.1', '.a1', '-'],
  pep440: ['.1', '.10', '+a.a', '+1'],
  golang: ['.a', '.1', '.a1', '-'],
  gem: ['-', '-1', '.a', 'a1', '.0'],
  maven: ['1a', 'a1', '.a', '-a', '-', '-1', '.1', 'sp', 'a1a'],
  nuget: ['.a', '.1', '.a1', '-'],
  composer: ['.1', '-beta.1', '.x'],
  cargo: ['.a', '.1', '.a1', '-'],
  hex: ['.a', '.1', '.a1', '-'],
  pub: ['.a', '.1', '.a1', '-'],
  cran: ['.1', '-1', '1'],
  hackage: ['.1', '1'],
  julia: ['.a', '.1', '.a1', '-', '+1'],
  bitnami: ['.a', '.1', '.a1', '-'],
  pacman: ['a1', '.1', '.a', '..1', '..a'],
  portage: ['.1', '.0', '.01', '_p1', '_p', '.001'],
  jvm: ['.1', '.10'],
  generic: ['a1', '.1', '.a', '-rc', '~', '~a'],
};

function assertBounded(scheme: Scheme, text: string): void {
  const key = comparators[scheme].key(text);
  if (key instanceof Uint8Array) assert.ok(key.length <= 1300, `${scheme}: ${key.length} bytes for ${text}`);
}
