import type { Distro } from '#core/distro.ts';
import { defaultLimits } from '#core/limits.ts';
import type { Analyzer, FoundPackage, ImageView } from '#analysis/analyzer.ts';
import { type FileNode, FileTree, newFolder } from '#analysis/overlay/file-tree.ts';
import { memoryAccess } from '#analysis/layers/random-access.ts';
import type { FileEntry } from '#schema/layer-report.ts';

/** A file system in few words: content by path; `{ link }` is a symbolic link. */
export type SmallTree = Readonly<Record<string, string | Uint8Array | { readonly link: string }>>;

export interface AnalyzerRun {
  readonly packages: readonly FoundPackage[];
  readonly notes: readonly { readonly path: string | null; readonly problem: string }[];
}

/** What an analyzer makes of a file system that is one layer; facts go through JSON, as they do in a layer report. */
export function runAnalyzer(analyzer: Analyzer, tree: SmallTree, distro: Distro | null = null): AnalyzerRun {
  const notes: { path: string | null; problem: string }[] = [];
  const view = viewOf(analyzer, tree, distro, (path, problem) => notes.push({ path, problem }));
  return { packages: [...analyzer.assemble(view)], notes };
}

/** The view of a file system that is one layer, with the facts of one analyzer. */
export function viewOf(
  analyzer: Analyzer,
  tree: SmallTree,
  distro: Distro | null = null,
  note: ImageView['note'] = () => {},
): ImageView {
  const files = new FileTree(defaultLimits);
  const facts: { path: string; facts: { key: string; data: unknown }[] }[] = [];
  for (const path of Object.keys(tree).sort()) {
    const entry = tree[path]!;
    const place = files.place(path, 0);
    if ('reason' in place) throw new Error(`${path}: ${place.reason}`);
    const link = typeof entry === 'object' && 'link' in entry ? entry.link : null;
    const type = link === null ? 'file' : 'symlink';
    files.put(place.folder, place.name, { ...newFolder(0), type, link, children: null });
    if (link !== null) continue;
    const bytes = Buffer.from(entry as string | Uint8Array);
    if (!analyzer.wants(path, bytes.length, 0o644)) continue;
    const file = { path, size: bytes.length, mode: 0o644, content: memoryAccess(bytes), limits: defaultLimits };
    const read = JSON.parse(JSON.stringify([...analyzer.read(file)]));
    if (read.length > 0) facts.push({ path, facts: read });
  }
  const entryOf = (path: string, { type, mode, uid, gid, size, sha256, link }: FileNode): FileEntry => {
    return { path, type, mode, uid, gid, size, sha256, link };
  };
  return {
    distro,
    facts,
    resolve: (path) => files.resolve(path),
    lookup: (path) => {
      const node = files.lookup(path);
      return node === null ? null : entryOf(path, node);
    },
    *files() {
      for (const [path, node] of files.walk()) yield entryOf(path, node);
    },
    found: () => false,
    note,
  };
}
