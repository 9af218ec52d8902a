import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { comparePrecedence, identifiers, type Precedence, writePrecedence } from '../precedence.ts';
import { readStrictSemver } from '../strict-semver.ts';

/**
 * Go modules (golang.org/x/mod/semver: `v` may be missing, `v1` and `v1.2` mean `v1.0.0` and `v1.2.0`, pseudo-versions are
 * pre-releases, `+incompatible` and `+dirty` are ignored) and Go's own releases with or without their `go` (`go1.20`,
 * `1.21rc2`, `1.9beta1`; golang.org/x/vuln writes 1.21rc2 as v1.21.0-rc.2).
 */
export const golang: Comparator = defineComparator<Precedence>({
  scheme: 'golang',
  rules: 1,
  read: readGolang,
  order: comparePrecedence,
  write: writePrecedence,
});

const number = '(0|[1-9][0-9]*)';
const release = new RegExp(`^(?:go)?${number}(?:\\.${number}(?:\\.${number})?)?$`);
const beforeRelease = new RegExp(`^(?:go)?${number}\\.${number}(?:\\.${number})?(alpha|beta|rc)${number}$`);

function readGolang(text: string): Precedence | Refused {
  if (text === '(devel)') return { refused: '(devel) is a build of a working copy, without a version' };
  const [, major, minor = '0', patch = '0', word, count] = beforeRelease.exec(text) ?? release.exec(text) ?? [];
  if (major === undefined) return readStrictSemver(text.replace(/^v/, ''));
  return { numbers: [major, minor, patch], prerelease: word === undefined ? [] : identifiers(`${word}.${count}`) };
}
