import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import {
  compareIdentifiers,
  comparePrecedence,
  type Identifier,
  identifiers,
  type Precedence,
  writeIdentifiers,
  writePrecedence,
} from '../precedence.ts';

interface PubVersion extends Precedence {
  /** Empty when there is none. */
  readonly build: readonly Identifier[];
}

/**
 * Dart's packages (pub_semver): semantic versions where build metadata orders too, above the same version without it,
 * and leading zeros are allowed. Unlike pub: `v` in front, numbers of any size, and one or two bare numbers as a bound.
 */
export const pub: Comparator = defineComparator<PubVersion>({
  scheme: 'pub',
  rules: 1,
  read: readPub,
  order: (a, b) => comparePrecedence(a, b) || compareIdentifiers(a.build, b.build),
  write(parts, key) {
    writePrecedence(parts, key);
    if (parts.build.length > 0) key.byte(tags.build);
    writeIdentifiers(parts.build, key);
  },
});

const tags = { build: 0x02 } as const;

/** A longer run of digits is a text for pub, which keeps numbers in Dart's int. */
const largestInt = '9223372036854775807';

const dotted = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const full = new RegExp(`^v?([0-9]+)\\.([0-9]+)\\.([0-9]+)(?:-(${dotted}))?(?:\\+(${dotted}))?$`);
const short = /^v?([0-9]+)(?:\.([0-9]+))?$/;

function readPub(text: string): PubVersion | Refused {
  const found = full.exec(text) ?? short.exec(text);
  if (found === null) return { refused: 'it is not X.Y.Z[-pre-release][+build]' };
  const [, major = '', minor = '0', patch = '0', prerelease, build] = found;
  const parts = {
    numbers: [major, minor, patch],
    prerelease: prerelease === undefined ? [] : identifiers(prerelease, largestInt),
    build: build === undefined ? [] : identifiers(build, largestInt),
  };
  // Dart's int.tryParse takes these for numbers, by their sign or in hexadecimal: an order that nobody means.
  const strange = [...parts.prerelease, ...parts.build].find(({ text }) => /^-(?:[0-9]+)$|^-?0x[0-9a-f]+$/i.test(text));
  return strange === undefined ? parts : { refused: `pub reads '${strange.text}' as a number` };
}
