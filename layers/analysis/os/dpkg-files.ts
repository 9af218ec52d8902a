import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { textLines } from '../texts/text-lines.ts';
import { digestOf, type ExpectedFile, unknownFile } from './expected-file.ts';
import { OwnedFilesBuilder } from './owned-files.ts';

/** Files of one package; the largest have a tenth of them. */
const maxFiles = 1_000_000;

/**
 * The files in a `.list` of dpkg, which has absolute paths, folders too, or in a `.md5sums` (`isSums`), which has `digest
 * relative/path` of plain files. `problem` says why the list is cut off; null when it is whole.
 */
export function dpkgFileList(
  content: RandomAccess,
  isSums: boolean,
): { readonly files: OwnedFilesBuilder; readonly problem: string | null } {
  const listed: (readonly [path: string, expected: ExpectedFile])[] = [];
  const folders = new Set<string>();
  let problem: string | null = null;
  for (const line of textLines(content, 8192)) {
    const [, md5 = '', summed] = (isSums && /^([0-9a-f]{32})\s+\*?(.+)$/i.exec(line)) || [];
    const path = (isSums ? summed : line)?.replace(/^\.?\//, '');
    if (!path || path === '.') continue;
    if (listed.length === maxFiles) {
      problem = `it has more than ${maxFiles} paths`;
      break;
    }
    listed.push([path, isSums ? { ...unknownFile, digest: digestOf(Buffer.from(md5, 'hex')) } : unknownFile]);
    folders.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  }
  const files = new OwnedFilesBuilder();
  try {
    for (const [path, expected] of listed) {
      if (folders.has(path)) continue;
      const slash = path.lastIndexOf('/');
      files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), expected);
    }
  } catch (thrown) {
    problem = Fault.from(thrown).message;
  }
  return { files, problem };
}

/** Where a file lies instead, for all packages but one; `by` is null where nobody has the first place. Paths are absolute. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  readonly by: string | null;
}

/** The diversions of dpkg: three lines each, `:` for nobody. Others than those of absolute paths are left out. */
export function* dpkgDiversions(content: RandomAccess): Generator<Diversion> {
  let lines: string[] = [];
  for (const line of textLines(content, 8192)) {
    lines.push(line);
    if (lines.length < 3) continue;
    const [from = '', to = '', by = ''] = lines;
    lines = [];
    if (from.startsWith('/') && to.startsWith('/')) yield { from, to, by: by === ':' ? null : by };
  }
}
