import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { compareDigits } from '../digits.ts';
import { comparePrecedence, type Precedence, writePrecedence } from '../precedence.ts';
import { readStrictSemver } from '../strict-semver.ts';

/**
 * Bitnami's components: the semantic version of the software and, as `1.2.3-4`, the revision of its build. So a bare number
 * behind the hyphen is no pre-release: `1.2.3-4` is above `1.2.3`, which is `1.2.3-0`. Anything else behind it is one
 * (`2.6.0-rc1`). One or two bare numbers are filled up with zeros, zeros before numbers (MinIO's `2023.03.20`) and build
 * metadata do not count.
 */
export const bitnami: Comparator = defineComparator<Built>({
  scheme: 'bitnami',
  rules: 1,
  read: readBuilt,
  order: (a, b) => comparePrecedence(a.software, b.software) || compareDigits(a.revision, b.revision),
  write({ software, revision }, key) {
    writePrecedence(software, key);
    key.number(revision);
  },
});

interface Built {
  readonly software: Precedence;
  readonly revision: string;
}

function readBuilt(text: string): Built | Refused {
  const [, version = text, revision = '0'] = /^([0-9]+\.[0-9]+\.[0-9]+)-([0-9]+)$/.exec(text) ?? [];
  const software = readStrictSemver(
    version.replace(/^[0-9.]+/, (numbers) => numbers.replace(/(^|\.)0+(?=[0-9])/g, '$1')),
  );
  return 'refused' in software ? software : { software, revision };
}
