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
import { readStrictSemver } from '../strict-semver.ts';

/**
 * Julia packages: semantic versions whose build counts, as Julia's VersionNumber compares them: packages that carry
 * libraries of others (`OpenSSL_jll 3.0.15+2`) say by it which build has a mend. None is below any. One or two bare
 * numbers are filled up with zeros.
 */
export const julia: Comparator = defineComparator<Built>({
  scheme: 'julia',
  rules: 1,
  read: readBuilt,
  order: (a, b) => comparePrecedence(a.version, b.version) || compareIdentifiers(a.build, b.build),
  write({ version, build }, key) {
    writePrecedence(version, key);
    writeIdentifiers(build, key);
  },
});

interface Built {
  readonly version: Precedence;
  readonly build: readonly Identifier[];
}

function readBuilt(text: string): Built | Refused {
  const version = readStrictSemver(text);
  if ('refused' in version) return version;
  const [, build] = text.split('+', 2);
  return { version, build: build === undefined ? [] : identifiers(build) };
}
