import { gunzipSync } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { memoryAccess } from '../layers/random-access.ts';
import { textLines } from '../texts/text-lines.ts';
import { digestOf } from './expected-file.ts';
import { type FilesBudget, OwnedFilesBuilder } from './owned-files.ts';

/** Values of one field that are kept; the longest lists of what a package provides have some hundreds. */
const maxValues = 20_000;

/**
 * The fields of a file of pacman's local database (`desc`): a line `%NAME%`, then a value a line up to an empty one. Of a
 * field that stands twice the first counts.
 */
export function pacmanFields(content: RandomAccess): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let values: string[] | null = null;
  for (const line of textLines(content, 8192)) {
    const name = /^%([A-Z0-9]{1,40})%$/.exec(line)?.[1];
    if (line === '') values = null;
    else if (values === null && name !== undefined && !fields.has(name)) {
      values = [];
      fields.set(name, values);
    } else if (values !== null && values.length < maxValues) values.push(line);
  }
  return fields;
}

/** The files in a `files` document of the local database; folders end in a slash. `backup` are those that users may change. */
export function pacmanFiles(content: RandomAccess): { files: OwnedFilesBuilder; backup: readonly string[] } {
  const files = new OwnedFilesBuilder();
  const backup: string[] = [];
  let part = '';
  for (const line of textLines(content, 8192)) {
    if (line === '') part = '';
    else if (part === '' && /^%[A-Z]+%$/.test(line)) part = line;
    else if (part === '%FILES%' && !line.endsWith('/')) addPath(files, line);
    else if (part === '%BACKUP%' && backup.length < maxValues) backup.push(line.replace(/\t[0-9a-f]*$/, ''));
  }
  return { files, backup };
}

/** An inflated mtree has some hundred bytes a file. */
const maxTree = 64 * 1024 * 1024;
const maxEntries = 1_000_000;

/** What is read of an entry; others may stand there in any number. */
const keywords = new Set(['type', 'mode', 'uid', 'gid', 'sha256digest']);

/**
 * The files in a package's `mtree` (mtree(5), gzip) with their digests, modes and owners, as the package brought them. Throws
 * `input/too-large` beyond 64 MiB inflated, and `image/corrupt` for what is no gzip.
 */
export function pacmanTree(content: RandomAccess): OwnedFilesBuilder {
  const files = new OwnedFilesBuilder({ characters: 0 } satisfies FilesBudget);
  const defaults = new Map<string, string>();
  let entries = 0;
  for (const line of textLines(memoryAccess(inflated(content)), 16 * 1024)) {
    const [path = '', ...words] = line.split(' ');
    if (path === '/set') for (const [key, value] of pairs(words)) defaults.set(key, value);
    else if (path === '/unset') for (const word of words) defaults.delete(word);
    else if (++entries > maxEntries) throw new Fault('input/too-large', `has more than ${maxEntries} entries`);
    else if (path.startsWith('./') && !/^\.\/\.[A-Z]+$/.test(path))
      addEntry(files, path, new Map([...defaults, ...pairs(words)]));
  }
  return files;
}

function inflated(content: RandomAccess): Uint8Array {
  try {
    return gunzipSync(content.all(maxTree), { maxOutputLength: maxTree });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('input/too-large', `inflates to more than ${maxTree >> 20} MiB`, { cause });
    throw cause instanceof Fault ? cause : new Fault('image/corrupt', 'is no gzip that can be inflated', { cause });
  }
}

function pairs(words: readonly string[]): readonly (readonly [key: string, value: string])[] {
  return words.flatMap((word) => {
    const at = word.indexOf('=');
    return !keywords.has(word.slice(0, Math.max(0, at))) ? [] : [[word.slice(0, at), word.slice(at + 1)] as const];
  });
}

function addEntry(files: OwnedFilesBuilder, escaped: string, its: ReadonlyMap<string, string>): void {
  const type = its.get('type') ?? 'file';
  if (type === 'dir') return;
  const mode = its.get('mode');
  const [uid, gid] = [its.get('uid'), its.get('gid')];
  addPath(files, unescaped(escaped).slice(2), {
    digest: type === 'file' ? digestOf(Buffer.from(its.get('sha256digest') ?? '', 'hex')) : null,
    mode: type === 'file' && mode !== undefined && /^[0-7]{1,5}$/.test(mode) ? Number.parseInt(mode, 8) : null,
    owner: /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '') ? `${uid}:${gid}` : null,
    config: false,
    optional: false,
  });
}

/** Blanks and what is not ASCII stand as `\040`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function addPath(files: OwnedFilesBuilder, path: string, expected?: Parameters<OwnedFilesBuilder['add']>[2]): void {
  const slash = path.lastIndexOf('/');
  files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), expected);
}
