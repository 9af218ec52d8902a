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
    const window = asBuffer(content.read(from, start - from + windowBytes + bytesAfter));
    for (const search of open) tries += searchWindow(search, window, start - from);
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
  readonly patterns: readonly { readonly literal: Buffer; readonly is: RegExp }[];
  readonly needs: readonly Buffer[];
  readonly unless: readonly Buffer[];
  best: { readonly rank: number; readonly version: string } | null;
  needed: boolean;
  refused: boolean;
}

function newSearch(classifier: Classifier): Search {
  const literals = (texts: readonly string[] = []) => texts.map((text) => Buffer.from(text, 'latin1'));
  const patterns = classifier.versions.map(({ near, is }: VersionPattern) => ({
    literal: Buffer.from(near, 'latin1'),
    is,
  }));
  return {
    classifier,
    patterns,
    needs: literals(classifier.needs),
    unless: literals(classifier.unless),
    best: null,
    needed: false,
    refused: false,
  };
}

/** Whether nothing that follows could change the answer. */
function isSettled({ best, needs, needed, unless, refused }: Search): boolean {
  return refused || (best?.rank === 0 && unless.length === 0 && (needs.length === 0 || needed));
}

/** Looks for literals that begin from `start` on in the window; gives how many expressions were tried. */
function searchWindow(search: Search, window: Buffer, start: number): number {
  const { patterns, needs, unless } = search;
  const end = Math.min(window.length, start + windowBytes);
  const has = (literal: Buffer) => window.includes(literal, start);
  search.needed ||= needs.some(has);
  if (unless.some(has)) {
    search.refused = true;
    return 0;
  }
  let tries = 0;
  for (const [rank, { literal, is }] of patterns.entries()) {
    if (search.best !== null && search.best.rank <= rank) break;
    for (let at = window.indexOf(literal, start); at >= 0 && at < end; at = window.indexOf(literal, at + 1)) {
      tries += 1;
      if (tries > maxTries) return tries;
      const version = is.exec(around(window, at))?.groups?.['version'];
      if (version === undefined) continue;
      search.best = { rank, version };
      break;
    }
  }
  return tries;
}

function around(window: Buffer, at: number): string {
  return window.toString('latin1', Math.max(0, at - bytesBefore), Math.min(window.length, at + bytesAfter));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
