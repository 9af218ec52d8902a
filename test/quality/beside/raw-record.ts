import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const run = promisify(execFile);

/** Where an upstream says something: a file of the mirror, for an archive the name of the file in it, and the words that matter. */
export interface RawRecord {
  readonly file: string;
  readonly member?: string;
  /** What is cut from the record, in its order. */
  readonly cut: readonly RegExp[];
}

/** The upstream's own words; throws where it does not say them. */
export async function rawWords(mirror: string, { file, member, cut }: RawRecord): Promise<readonly string[]> {
  let rest = await textOf(join(mirror, file), member);
  return cut.map((words) => {
    const found = words.exec(rest);
    if (found === null) throw new Error(`${file} ${member ?? ''} does not say ${words}`);
    rest = rest.slice(found.index + found[0].length);
    return found[0].replaceAll(/\s+/g, ' ');
  });
}

async function textOf(file: string, member: string | undefined): Promise<string> {
  const limit = { maxBuffer: 2 ** 28 };
  if (file.endsWith('.zip')) {
    const script = 'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))';
    return (await run('python3', ['-c', script, file, member ?? ''], limit)).stdout;
  }
  if (file.endsWith('.tar.xz')) return (await run('tar', ['-x', '-O', '-f', file, member ?? ''], limit)).stdout;
  if (file.endsWith('.bz2')) return (await run('bzip2', ['-d', '-c', file], limit)).stdout;
  const bytes = await readFile(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
