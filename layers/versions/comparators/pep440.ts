import type { Comparator } from '../comparator.ts';
import { abovePrefix, defineComparator, type Refused, written } from '../define-comparator.ts';
import { compareAscii, compareDigits, withoutLeadingZeros } from '../digits.ts';
import type { KeyWriter } from '../key-writer.ts';

interface PythonVersion {
  readonly epoch: string;
  /** Without the zeros at its end. */
  readonly release: readonly string[];
  readonly pre: { readonly phase: 'a' | 'b' | 'rc'; readonly number: string } | null;
  readonly post: string | null;
  readonly dev: string | null;
  /** Lower case; empty when there is none. */
  readonly local: readonly string[];
}

/**
 * Python's versions (PEP 440, as the packaging library reads them). Legacy strings such as `0.7.1.fix1`, which packaging
 * refuses since 22, are refused. As a last affected or exact version, one without a local part takes its local builds in.
 */
export const pep440: Comparator = defineComparator<PythonVersion>({
  scheme: 'pep440',
  rules: 1,
  read: readPep440,
  order: comparePython,
  write(parts, key) {
    writePublic(parts, key);
    writeLocal(parts.local, key);
  },
  end: (parts) => (parts.local.length === 0 ? abovePrefix(written((key) => writePublic(parts, key))) : null),
});

/** The grammar of PEP 440, appendix B. */
const form = new RegExp(
  [
    '^v?(?:([0-9]+)!)?([0-9]+(?:\\.[0-9]+)*)',
    '(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?',
    '(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?',
    '(?:[-_.]?(dev)[-_.]?([0-9]+)?)?',
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  ].join(''),
);

const phases: Readonly<Record<string, 'a' | 'b' | 'rc'>> = {
  alpha: 'a',
  a: 'a',
  beta: 'b',
  b: 'b',
  preview: 'rc',
  pre: 'rc',
  c: 'rc',
  rc: 'rc',
};

function readPep440(text: string): PythonVersion | Refused {
  // Lower case of ASCII only: the Kelvin sign is not a k.
  const found = form.exec(text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  if (found === null) return { refused: 'it does not have the form of PEP 440' };
  const [
    ,
    epoch = '0',
    release = '',
    pre,
    preNumber = '',
    implicit,
    post,
    postNumber = '',
    dev,
    devNumber = '',
    local,
  ] = found;
  const phase = phases[pre ?? ''];
  return {
    epoch,
    release: withoutZerosAtEnd(release.split('.')),
    pre: phase === undefined ? null : { phase, number: preNumber },
    post: implicit ?? (post === undefined ? null : postNumber),
    dev: dev === undefined ? null : devNumber,
    local: local?.split(/[-_.]/) ?? [],
  };
}

function withoutZerosAtEnd(release: readonly string[]): readonly string[] {
  let end = release.length;
  while (end > 0 && withoutLeadingZeros(release[end - 1] ?? '') === '') end--;
  return release.slice(0, end);
}

function comparePython(a: PythonVersion, b: PythonVersion): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, compareDigits) ||
    compareRanks(preRank(a), preRank(b)) ||
    compareRanks(postRank(a), postRank(b)) ||
    compareRanks(devRank(a), devRank(b)) ||
    compareLists(a.local, b.local, compareLocal)
  );
}

/** A place in a row of kinds, and a number within the kind. */
type Rank = readonly [place: number, number: string];

/** A development release of neither pre- nor post-release comes first, what is no pre-release last. */
function preRank({ pre, post, dev }: PythonVersion): Rank {
  if (pre !== null) return [['a', 'b', 'rc'].indexOf(pre.phase), pre.number];
  return post === null && dev !== null ? [-1, ''] : [3, ''];
}

function postRank({ post }: PythonVersion): Rank {
  return post === null ? [-1, ''] : [0, post];
}

function devRank({ dev }: PythonVersion): Rank {
  return dev === null ? [1, ''] : [0, dev];
}

function compareRanks(a: Rank, b: Rank): number {
  return a[0] - b[0] || compareDigits(a[1], b[1]);
}

/** In a local part numbers stand above words; a longer one above its beginning. */
function compareLocal(a: string, b: string): number {
  const numeric = isNumeric(a);
  if (numeric !== isNumeric(b)) return numeric ? 1 : -1;
  return numeric ? compareDigits(a, b) : compareAscii(a, b);
}

function compareLists(a: readonly string[], b: readonly string[], compare: (a: string, b: string) => number): number {
  for (const [place, one] of a.entries()) {
    const two = b[place];
    if (two === undefined) return 1;
    const difference = compare(one, two);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function isNumeric(part: string): boolean {
  return /^[0-9]+$/.test(part);
}

const tags = {
  endOfRelease: 0x01,
  phases: { devOnly: 0x02, a: 0x03, b: 0x04, rc: 0x05, none: 0x06 },
  noPost: 0x01,
  noDev: 0x90,
  endOfLocal: 0x01,
  local: 0x02,
  localText: 0x02,
} as const;

/** The key without its local part: what a version and its local builds share. */
function writePublic({ epoch, release, pre, post, dev }: PythonVersion, key: KeyWriter): void {
  key.number(epoch);
  for (const number of release) key.number(number);
  key.byte(tags.endOfRelease);
  if (pre !== null) key.byte(tags.phases[pre.phase]).number(pre.number);
  else key.byte(post === null && dev !== null ? tags.phases.devOnly : tags.phases.none);
  if (post === null) key.byte(tags.noPost);
  else key.number(post);
  if (dev === null) key.byte(tags.noDev);
  else key.number(dev);
}

function writeLocal(local: readonly string[], key: KeyWriter): void {
  if (local.length > 0) key.byte(tags.local);
  for (const part of local) {
    if (isNumeric(part)) key.number(part);
    else key.byte(tags.localText).text(part);
  }
  key.byte(tags.endOfLocal);
}
