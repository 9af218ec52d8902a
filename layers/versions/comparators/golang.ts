import type { Comparator } from '../comparator.ts';
import { defineComparator, type Refused } from '../define-comparator.ts';
import { comparePrecedence, type Precedence, writePrecedence } from '../precedence.ts';

/**
 * Go modules (golang.org/x/mod/semver: `v` may be missing, `v1` and `v1.2` mean `v1.0.0` and `v1.2.0`, pseudo-versions are
 * pre-releases, `+incompatible` and `+dirty` are ignored) and Go's own releases without their `go` (`1.20`, `1.21rc2`,
 * `1.9beta1`; golang.org/x/vuln writes 1.21rc2 as v1.21.0-rc.2).
 */
export const golang: Comparator = defineComparator<Precedence>({
  scheme: 'golang',
  rules: 1,
  read: readGolang,
  order: comparePrecedence,
  write: writePrecedence,
});

const number = '(0|[1-9][0-9]*)';
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const full = new RegExp(`^v?${number}\\.${number}\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?$`);
const short = new RegExp(`^v?${number}(?:\\.${number})?$`);
const toolchain = new RegExp(`^${number}\\.${number}(?:\\.${number})?(alpha|beta|rc)${number}$`);

function readGolang(text: string): Precedence | Refused {
  if (text === '(devel)') return { refused: '(devel) is a build of a working copy, without a version' };
  const module = full.exec(text);
  if (module !== null) {
    const [, major = '', minor = '', patch = '', prerelease] = module;
    const parts = prerelease?.split('.') ?? [];
    if (parts.some((part) => /^0[0-9]+$/.test(part))) return { refused: 'a number in its pre-release begins with 0' };
    return { numbers: [major, minor, patch], prerelease: parts };
  }
  const [, major = '', minor = '0', patch = '0', word, count = ''] = toolchain.exec(text) ?? short.exec(text) ?? [];
  if (major === '') return { refused: 'it is not vX.Y.Z[-pre-release][+build] nor a release of Go' };
  return { numbers: [major, minor, patch], prerelease: word === undefined ? [] : [word, count] };
}
