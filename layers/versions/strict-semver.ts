import type { Refused } from './define-comparator.ts';
import { identifiers, type Precedence } from './precedence.ts';

/**
 * Reads a version by the grammar of Semantic Versioning 2.0.0, section 2, 9 and 10, with numbers of any size: three numbers
 * without leading zeros, `-pre-release`, `+build`. One or two bare numbers are filled up with zeros, as advisories write
 * bounds (`< 2.0`). Build metadata is dropped.
 */
export function readStrictSemver(text: string): Precedence | Refused {
  const found = full.exec(text) ?? short.exec(text);
  if (found === null) return { refused: 'it is not X.Y.Z[-pre-release][+build]' };
  const [, major = '', minor = '0', patch = '0', prerelease] = found;
  const parts = prerelease === undefined ? [] : identifiers(prerelease);
  if (parts.some((part) => part.numeric && /^0./.test(part.text))) {
    return { refused: 'a number in its pre-release begins with 0' };
  }
  return { numbers: [major, minor, patch], prerelease: parts };
}

const number = '(0|[1-9][0-9]*)';
const dotted = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const full = new RegExp(`^${number}\\.${number}\\.${number}(?:-(${dotted}))?(?:\\+${dotted})?$`);
const short = new RegExp(`^${number}(?:\\.${number})?$`);
