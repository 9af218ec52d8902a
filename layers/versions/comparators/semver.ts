import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { comparePrecedence, identifiers, type Precedence, writePrecedence } from '../precedence.ts';

/**
 * Semantic versions as npm reads what is already published (node-semver, loose): blanks, `v` and `=` in front, leading
 * zeros, and a pre-release without its hyphen (`1.2.3beta`). Unlike npm: numbers of any size; one or two bare numbers are
 * filled up with zeros, as advisories write bounds (`< 2.0`); and a fourth part is refused, since npm reads `3.1.17.1` as
 * `3.1.1-7.1`. Build metadata is ignored.
 */
export const semver: Comparator = defineComparator<Precedence>({
  scheme: 'semver',
  rules: 1,
  read: readSemver,
  order: comparePrecedence,
  write: writePrecedence,
});

function readSemver(text: string): Precedence | Refused {
  const version = text.trim().replace(/^[v=\s]+/, '');
  const core = /^([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?/.exec(version);
  if (core === null) return { refused: 'it does not begin with a number' };
  const [whole, major = '', minor, patch] = core;
  const numbers = [major, minor ?? '0', patch ?? '0'] as const;

  const rest = /^([^+]*)(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.exec(version.slice(whole.length));
  if (rest === null) return { refused: 'its build metadata is not well formed' };
  const tail = rest[1] ?? '';
  if (tail === '') return { numbers, prerelease: [] };
  if (patch !== undefined && tail.startsWith('.')) return { refused: 'it has a fourth part after its three numbers' };
  // A shortened version with a tail is as likely a date or a commit as a pre-release: no guess.
  if (patch === undefined) return { refused: 'it has fewer than three numbers before something else' };
  const prerelease = /^-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)$/.exec(tail)?.[1];
  if (prerelease === undefined) return { refused: 'its pre-release is not well formed' };
  return { numbers, prerelease: identifiers(prerelease) };
}
