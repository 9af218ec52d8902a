import type { Scheme } from '#versions/comparators.ts';
import type { SeededRandom } from './seeded-random.ts';

/**
 * Texts of one scheme for property tests: random ones of its grammar, and for each some neighbours that differ in a
 * character or two. Most are versions of the scheme, some are not.
 */
export function versionSamples(scheme: Scheme, count: number, random: SeededRandom): readonly string[] {
  const { grammar, alphabet } = grammars[scheme];
  const samples: string[] = [];
  while (samples.length < count) {
    const text = grammar(random);
    samples.push(text);
    for (let times = random.below(4); times > 0; times--) samples.push(mutated(text, alphabet, random));
  }
  return samples.slice(0, count);
}

/** A text with one to three characters put in, taken out, doubled or changed. */
function mutated(text: string, alphabet: string, random: SeededRandom): string {
  let changed = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(changed.length + 1);
    const kept = changed.slice(random.below(3) === 0 ? at : Math.min(at + 1, changed.length));
    const added = random.below(4) === 0 ? (changed[at] ?? '') + (changed[at] ?? '') : random.pick(alphabet);
    changed = changed.slice(0, at) + (random.below(4) === 0 ? '' : added) + kept;
  }
  return changed;
}

type Grammar = (random: SeededRandom) => string;

function number(random: SeededRandom): string {
  switch (random.below(12)) {
    case 0:
      return `0${random.below(3)}`;
    case 1:
      return `00${random.below(30)}`;
    case 2:
      return String(20_190_000 + random.below(3));
    case 3:
      return `${random.pick(['9', '1', '4'])}${'0123456789'.repeat(1 + random.below(3))}`;
    case 4:
      return String(random.below(1000));
    default:
      return String(random.below(4));
  }
}

function dotted(random: SeededRandom, least: number, most: number, digits: Grammar = number): string {
  return Array.from({ length: least + random.below(most - least + 1) }, () => digits(random)).join('.');
}

function several(random: SeededRandom, most: number, make: Grammar): string {
  return Array.from({ length: random.below(most + 1) }, () => make(random)).join('');
}

function sometimes(random: SeededRandom, times: number, make: Grammar): string {
  return random.once(times) ? make(random) : '';
}

const withoutZeros: Grammar = (random) => number(random).replace(/^0+(?=\d)/, '');

const word: Grammar = (random) => random.pick(['a', 'b', 'A', 'rc', 'RC', 'beta', 'git', 'z', 'deb', 'el', 'x-y', '-']);

const identifier: Grammar = (random) =>
  random.pick([number, word, (r: SeededRandom) => word(r) + number(r), (r: SeededRandom) => number(r) + word(r)])(
    random,
  );

const prerelease: Grammar = (random) =>
  `-${Array.from({ length: 1 + random.below(3) }, () => identifier(random)).join('.')}`;

const build: Grammar = (random) => `+${random.pick(['incompatible', 'dirty', 'build.1', '001'])}`;

const debPart: Grammar = (random) =>
  dotted(random, 1, 3) +
  several(
    random,
    2,
    (r) => r.pick(['~', '+', '.', 'a', 'Z', '~~', '+dfsg', '~rc', 'ubuntu', 'deb', '+b']) + sometimes(r, 2, number),
  );

const rpmPart: Grammar = (random) =>
  dotted(random, 1, 3) +
  several(
    random,
    3,
    (r) => r.pick(['~', '^', '.', '_', '+', 'a', 'Z', 'el', '~rc', '^git', '.α', '~^']) + sometimes(r, 2, number),
  );

const apkSuffix: Grammar = (random) =>
  `_${random.pick(['alpha', 'beta', 'pre', 'rc', 'cvs', 'svn', 'git', 'hg', 'p'])}${sometimes(random, 2, number)}`;

const pythonWord: Grammar = (random) =>
  random.pick(['', '.', '-', '_']) +
  random.pick(['a', 'b', 'c', 'rc', 'alpha', 'beta', 'pre', 'preview', 'RC', 'A']) +
  sometimes(random, 2, (r) => r.pick(['', '.', '-', '_']) + number(r));

const pacmanPart: Grammar = (random) =>
  dotted(random, 1, 3) +
  several(
    random,
    3,
    (r) => r.pick(['.', '..', '_', '+', 'a', 'Z', 'rc', '.r', 'alpha', '.a.']) + sometimes(r, 2, number),
  );

const genericWord: Grammar = (random) =>
  random.pick(['', '-', '.', '~', '_']) +
  random.pick(['a', 'b', 'k', 'za', 'p', 'rc', 'RC', 'beta', 'dev', 'final', 'fips', 'pre', 'M']) +
  sometimes(random, 2, (r) => r.pick(['', '.', '-']) + number(r));

const strictSemver: Grammar = (random) =>
  (random.once(8) ? dotted(random, 1, 2, withoutZeros) : dotted(random, 3, 3, withoutZeros)) +
  sometimes(random, 2, prerelease) +
  sometimes(random, 6, build);

const gemTail: Grammar = (random) =>
  several(random, 4, (r) => r.pick(['.', '.', '-', '']) + r.pick(['0', '0', 'a', 'b', 'B', 'rc', 'pre', '0.0', '1']));

const mavenTail: Grammar = (random) =>
  random.pick(['.', '-', '', '.', '-']) +
  random.pick([
    number,
    (r: SeededRandom) =>
      r.pick(['a', 'b', 'm', 'x', 'RC', 'cr', 'ga', 'Final', 'sp', 'SNAPSHOT', 'jre', 'alpha', 'beta_1']),
    () => '0',
  ])(random);

const composerWord: Grammar = (random) =>
  random.pick(['', '.', '-', '_']) +
  random.pick(['a', 'b', 'p', 'pl', 'RC', 'rc', 'alpha', 'BETA', 'patch', 'stable']) +
  sometimes(random, 2, (r) => r.pick(['', '.', '-']) + number(r));

const grammars: Readonly<Record<Scheme, { readonly grammar: Grammar; readonly alphabet: string }>> = {
  deb: {
    grammar: (random) =>
      sometimes(random, 4, (r) => `${r.pick(['0', '1', '00', '12'])}:`) +
      debPart(random) +
      sometimes(random, 3, (r) => `-${debPart(r)}`) +
      sometimes(random, 2, (r) => `-${debPart(r)}`),
    alphabet: '0019.~+-:abZ',
  },
  rpm: {
    grammar: (random) =>
      sometimes(random, 4, (r) => `${r.pick(['0', '1', '00', '12', ''])}:`) +
      rpmPart(random) +
      sometimes(random, 2, (r) => `-${rpmPart(r)}`),
    alphabet: '0019.~^+-_:abZα',
  },
  apk: {
    grammar: (random) =>
      dotted(random, 1, 4) +
      sometimes(random, 4, (r) => r.pick(['a', 'b', 'p', 'r'])) +
      sometimes(random, 5, number) +
      several(random, 2, apkSuffix) +
      sometimes(random, 8, (r) => `~${r.pick(['ab', 'abc', 'ac', '0f'])}`) +
      sometimes(random, 2, (r) => `-r${number(r)}`),
    alphabet: '0019.._-rabp~',
  },
  semver: {
    grammar: (random) =>
      sometimes(random, 6, (r) => r.pick(['v', '=', '= v'])) +
      (random.once(6) ? dotted(random, 1, 4) : dotted(random, 3, 3)) +
      sometimes(random, 2, prerelease) +
      sometimes(random, 6, build),
    alphabet: '0019..-+abZv',
  },
  pep440: {
    grammar: (random) =>
      sometimes(random, 8, () => 'v') +
      sometimes(random, 5, (r) => `${number(r)}!`) +
      dotted(random, 1, 4) +
      sometimes(random, 3, pythonWord) +
      sometimes(random, 4, (r) => `${r.pick(['.post', '-', 'post', '.rev', '-r'])}${number(r)}`) +
      sometimes(random, 4, (r) => `${r.pick(['.dev', 'dev', '-DEV.'])}${sometimes(r, 2, number)}`) +
      sometimes(
        random,
        5,
        (r) => `+${r.pick(['ubuntu', 'local', 'a', '1', 'Z'])}${sometimes(r, 2, (q) => `.${number(q)}`)}`,
      ),
    alphabet: '0019..!+-_abcrp',
  },
  golang: {
    grammar: (random) =>
      random.once(5)
        ? dotted(random, 2, 3, withoutZeros) +
          sometimes(random, 2, (r) => r.pick(['rc', 'beta', 'alpha']) + withoutZeros(r))
        : sometimes(random, 2, () => 'v') +
          (random.once(6) ? dotted(random, 1, 2, withoutZeros) : dotted(random, 3, 3, withoutZeros)) +
          sometimes(random, 2, prerelease) +
          sometimes(random, 5, build),
    alphabet: '0019..-+abZv',
  },
  pacman: {
    grammar: (random) =>
      sometimes(random, 4, (r) => `${r.pick(['0', '1', '00', '12', ''])}:`) +
      pacmanPart(random) +
      sometimes(random, 2, (r) => `-${pacmanPart(r)}`),
    alphabet: '0019.._+~-:abZ',
  },
  portage: {
    grammar: (random) =>
      dotted(random, 1, 4) +
      sometimes(random, 4, (r) => r.pick(['a', 'b', 'p', 'z'])) +
      several(random, 2, (r) => `_${r.pick(['alpha', 'beta', 'pre', 'rc', 'p'])}${sometimes(r, 2, number)}`) +
      sometimes(random, 3, (r) => `-r${number(r)}`),
    alphabet: '0019.._-rabp',
  },
  jvm: {
    grammar: (random) =>
      (random.once(2)
        ? `${random.pick(['1.8', '1.7.0', '8', '8.0', '1.8.0'])}${random.pick(['_', 'u', '-update', '_update', ''])}${number(random)}`
        : dotted(random, 1, 4)) +
      sometimes(random, 4, (r) => r.pick(['-ea', '-beta', '-LTS', '-rc1', '-9', '-10', '-internal'])) +
      sometimes(random, 4, (r) => r.pick(['-b12', '+9', '+9-LTS', '-b012-perf'])),
    alphabet: '0019..-+_bu',
  },
  generic: {
    grammar: (random) =>
      sometimes(random, 6, () => 'v') +
      dotted(random, 1, 4) +
      several(random, 2, genericWord) +
      sometimes(random, 5, (r) => `+${r.pick(['k3s1', 'k3s2', 'dfsg', '9', 'rc1', ''])}`),
    alphabet: '0019..-_+~abkpz',
  },
  gem: {
    grammar: (random) => dotted(random, 1, 4) + gemTail(random),
    alphabet: '0001..-abA',
  },
  maven: {
    grammar: (random) => dotted(random, 1, 4) + several(random, 3, mavenTail),
    alphabet: '0001..--abmrcxA_',
  },
  nuget: {
    grammar: (random) =>
      (random.once(3) ? dotted(random, 1, 4) : dotted(random, 3, 3, withoutZeros)) +
      sometimes(random, 2, prerelease) +
      sometimes(random, 6, build),
    alphabet: '0019..-+abZ',
  },
  composer: {
    grammar: (random) =>
      sometimes(random, 6, () => 'v') +
      (random.once(6)
        ? random.pick(['20190101', '2019-01-01', '2019.01.02.1', '201901', '2019-01-01.12'])
        : dotted(random, 1, 4, random.once(4) ? withoutZeros : (r) => String(r.below(4)))) +
      sometimes(random, 2, composerWord) +
      sometimes(random, 4, (r) => r.pick(['-dev', '.dev', 'dev', '.x-dev'])),
    alphabet: '0019..-abpxdev',
  },
  cargo: { grammar: strictSemver, alphabet: '0019..-+abZ' },
  julia: {
    grammar: (random) =>
      strictSemver(random) + sometimes(random, 2, (r) => `+${number(r)}${sometimes(r, 4, () => '.a')}`),
    alphabet: '0019..-+abZ',
  },
  bitnami: {
    grammar: (random) =>
      random.once(2) ? `${dotted(random, 3, 3, withoutZeros)}-${number(random)}` : strictSemver(random),
    alphabet: '0019..-+abZ',
  },
  hex: { grammar: strictSemver, alphabet: '0019..-+abZ' },
  pub: {
    grammar: (random) =>
      sometimes(random, 8, () => 'v') +
      (random.once(6) ? dotted(random, 1, 2) : dotted(random, 3, 3)) +
      sometimes(random, 2, prerelease) +
      sometimes(random, 2, (r) => `+${prerelease(r).slice(1)}`),
    alphabet: '0019..-+abZ',
  },
  cran: { grammar: (random) => dotted(random, 1, 5).replaceAll('.', random.pick(['.', '-'])), alphabet: '0019..-' },
  hackage: { grammar: (random) => dotted(random, 1, 5), alphabet: '0019..' },
};
