import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { bytesAfter, bytesBefore, type Classifier, type VersionPattern } from './classifier.ts';

const windowBytes = 1024 * 1024;

/** Places that look like a version and are none: hostile files may hold millions. */
const maxTries = 50_000;

/**
 * What each classifier reads in the content: the version that its strongest pattern finds first, null where none does. Where
 * `needs` or `unless` decide against a classifier it finds nothing. The file is read once, in windows, and searched for the
 * patterns' literals only; expressions see what is around a literal. Throws `input/too-large` for a file with too many
 * places to look at.
 */
export function scanContent(content: RandomAccess, classifiers: readonly Classifier[]): readonly (string | null)[] {
  const searches = classifiers.map(newSearch);
  let tries = 0;
  for (let start = 0; start < content.size; start += windowBytes) {
    const open = searches.filter((search) => !isSettled(search));
    if (open.length === 0) break;
    const from = Math.max(0, start - bytesBefore);
    const window = newWindow(content.read(from, start - from + windowBytes + bytesAfter), start - from);
    for (const search of open) tries += searchWindow(search, window);
    if (tries > maxTries) {
      throw new Fault('input/too-large', `not searched to its end: more than ${maxTries} places look like a version`);
    }
  }
  return searches.map(({ classifier, best, needed, refused }) => {
    if (refused || (classifier.needs !== undefined && !needed)) return null;
    return best?.version ?? null;
  });
}

/** The first match of an expression around any of the places where a literal stands; null where there is none. */
export function findNear(
  content: RandomAccess,
  pattern: { readonly near: string; readonly name: RegExp },
): string | null {
  const [found = null] = scanContent(content, [
    {
      name: '',
      files: [],
      cpes: [],
      versions: [{ near: pattern.near, is: new RegExp(`(?<version>${pattern.name.source})`) }],
    },
  ]);
  return found;
}

/** Whether any of these texts stands in the content. */
export function contains(content: RandomAccess, texts: readonly string[]): boolean {
  const versions = texts.map((near): VersionPattern => ({ near, is: /(?<version>)/ }));
  return scanContent(content, [{ name: '', files: [], cpes: [], versions }])[0] !== null;
}

interface Search {
  readonly classifier: Classifier;
  best: { readonly rank: number; readonly version: string } | null;
  needed: boolean;
  refused: boolean;
}

function newSearch(classifier: Classifier): Search {
  return { classifier, best: null, needed: false, refused: false };
}

/** Whether nothing that follows could change the answer. */
function isSettled({ classifier: { needs = [], unless = [] }, best, needed, refused }: Search): boolean {
  return refused || (best?.rank === 0 && unless.length === 0 && (needs.length === 0 || needed));
}

/** A part of the content, and what is around it; places are counted from the beginning of what is around. */
interface Window {
  readonly bytes: Buffer;
  /** The place of a literal in the part, after another place or the first; negative when there is none. */
  find(literal: string, after?: number): number;
}

function newWindow(bytes: Uint8Array, start: number): Window {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(buffer.length, start + windowBytes);
  const first = new Map<string, number>();
  const findFrom = (literal: string, from: number): number => {
    // Programs are full of zeros: what follows them is searched for instead.
    const zeros = literal.startsWith('\0') && literal.length > 2 ? 1 : 0;
    const rest = literal.slice(zeros);
    for (let at = buffer.indexOf(rest, from + zeros, 'latin1'); at >= 0; at = buffer.indexOf(rest, at + 1, 'latin1')) {
      if (at - zeros >= end) return -1;
      if (zeros === 0 || buffer[at - 1] === 0) return at - zeros;
    }
    return -1;
  };
  return {
    bytes: buffer,
    find(literal, after) {
      if (after !== undefined) return findFrom(literal, after + 1);
      const known = first.get(literal) ?? findFrom(literal, start);
      first.set(literal, known);
      return known;
    },
  };
}

/** Looks for the literals in the window; gives how many expressions were tried. */
function searchWindow(search: Search, window: Window): number {
  const { needs = [], unless = [], versions } = search.classifier;
  const stands = (literal: string) => window.find(literal) >= 0;
  search.needed ||= needs.some(stands);
  search.refused = unless.some(stands);
  if (search.refused) return 0;
  let tries = 0;
  for (const [rank, { near, is }] of versions.entries()) {
    if (search.best !== null && search.best.rank <= rank) break;
    for (let at = window.find(near); at >= 0; at = window.find(near, at)) {
      tries += 1;
      if (tries > maxTries) return tries;
      const version = is.exec(around(window.bytes, at))?.groups?.['version'];
      if (version === undefined) continue;
      search.best = { rank, version };
      break;
    }
  }
  return tries;
}

function around(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', Math.max(0, at - bytesBefore), Math.min(bytes.length, at + bytesAfter));
}
