import type { Comparator } from '../comparator.ts';
import { defineComparator } from '../define-comparator.ts';
import { comparePrecedence, type Precedence, writePrecedence } from '../precedence.ts';
import { readStrictSemver } from '../strict-semver.ts';

/**
 * Rust's crates: semantic versions as the semver crate reads them, ordered by its cmp_precedence, for requirements and
 * RustSec look past build metadata. Unlike the crate: numbers of any size, and one or two bare numbers as a bound.
 */
export const cargo: Comparator = defineComparator<Precedence>({
  scheme: 'cargo',
  rules: 1,
  read: readStrictSemver,
  order: comparePrecedence,
  write: writePrecedence,
});
