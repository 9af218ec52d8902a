import { lines } from './rfc822.ts';

/**
 * The files that a RECORD lists (PyPA: recording installed projects; CSV of path, hash, size), paths as written: relative to
 * the folder of the `.dist-info`, or absolute. `size` is their sum in bytes, null when none is given.
 */
export function parsePythonRecord(text: string): { readonly files: readonly string[]; readonly size: number | null } {
  const files: string[] = [];
  let size: number | null = null;
  for (const line of lines(text)) {
    const [path, rest] = firstField(line);
    if (path === '') continue;
    files.push(path);
    const bytes = /,(\d{1,15})$/.exec(rest)?.[1];
    if (bytes !== undefined) size = (size ?? 0) + Number(bytes);
  }
  return { files, size };
}

/** The first field of a CSV line and what follows it; quotes inside quotes are doubled. */
function firstField(line: string): readonly [string, string] {
  if (!line.startsWith('"')) {
    const comma = line.indexOf(',');
    return comma < 0 ? [line, ''] : [line.slice(0, comma), line.slice(comma)];
  }
  const quoted = /^"((?:[^"]|"")*)"/.exec(line);
  return quoted === null ? ['', ''] : [quoted[1]!.replaceAll('""', '"'), line.slice(quoted[0].length)];
}
