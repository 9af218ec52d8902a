import { lines } from '../texts/rfc822.ts';

/** Files of a distribution as its list has them, and their size in bytes together, null where the list gives none. */
export interface PythonRecord {
  readonly files: readonly string[];
  readonly size: number | null;
}

/**
 * The first `limit` files that a RECORD lists (PyPA: recording installed projects; CSV of path, hash, size), paths as
 * written: relative to the folder of the `.dist-info`, or absolute.
 */
export function parsePythonRecord(text: string, limit: number): PythonRecord {
  const files: string[] = [];
  let size: number | null = null;
  for (const line of lines(text)) {
    if (line.length > maxLine) continue;
    const [path, rest] = firstField(line);
    if (path === '') continue;
    files.push(path);
    const bytes = /,(\d{1,15})$/.exec(rest)?.[1];
    if (bytes !== undefined) size = (size ?? 0) + Number(bytes);
    if (files.length === limit) break;
  }
  return { files, size };
}

/** A path is shorter; a longer line is no entry. */
const maxLine = 16_384;

/** The first field of a CSV line and what follows it; quotes inside quotes are doubled. */
function firstField(line: string): readonly [string, string] {
  if (!line.startsWith('"')) {
    const comma = line.indexOf(',');
    return comma < 0 ? [line, ''] : [line.slice(0, comma), line.slice(comma)];
  }
  const quoted = /^"((?:[^"]|"")*)"/.exec(line);
  return quoted === null ? ['', ''] : [quoted[1]!.replaceAll('""', '"'), line.slice(quoted[0].length)];
}
