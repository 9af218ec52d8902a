import type { Comparator } from '../comparator.ts';
import { defineComparator } from '../define-comparator.ts';
import { comparePrecedence, type Precedence, writePrecedence } from '../precedence.ts';
import { readStrictSemver } from '../strict-semver.ts';

/**
 * Hex packages of Elixir and Erlang: semantic versions as Elixir's Version reads and compares them; build metadata is
 * ignored. Unlike Version.parse: one or two bare numbers as a bound (`~> 1.2`).
 */
export const hex: Comparator = defineComparator<Precedence>({
  scheme: 'hex',
  rules: 1,
  read: readStrictSemver,
  order: comparePrecedence,
  write: writePrecedence,
});
