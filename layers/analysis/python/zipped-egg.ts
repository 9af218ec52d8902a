import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { entryStart, openZip, zipEntries } from '../archives/zip.ts';

/** The metadata of an egg that is one file, as texts. */
export interface ZippedEgg {
  readonly metadata: string;
  /** Its requires.txt; empty where it has none. */
  readonly requires: string;
}

/**
 * What `NAME.egg` says of itself when it is a zip archive (setuptools: the internal structure of Python eggs): a path entry of its own, from
 * which Python imports without unpacking. Null for any other file and for a zip without EGG-INFO/PKG-INFO. Throws
 * `image/corrupt` where the archive is damaged.
 */
export function readZippedEgg(content: RandomAccess): ZippedEgg | null {
  const zip = openZip(content);
  if (zip === null) return null;
  const texts = new Map<string, string>();
  let entries = 0;
  for (const entry of zipEntries(zip)) {
    if (++entries > maxEntries) throw new Fault('input/too-large', `has more than ${maxEntries} entries`);
    if (entry.name === metadataPath || entry.name === requiresPath) {
      texts.set(entry.name, new TextDecoder().decode(entryStart(zip, entry, window)));
    }
    if (texts.size === 2) break;
  }
  const metadata = texts.get(metadataPath);
  return metadata === undefined ? null : { metadata, requires: texts.get(requiresPath) ?? '' };
}

const metadataPath = 'EGG-INFO/PKG-INFO';
const requiresPath = 'EGG-INFO/requires.txt';
const maxEntries = 100_000;
/** Packed bytes that are looked at: what counts stands in front. */
const window = 128 * 1024;
