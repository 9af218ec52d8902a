import type { Limits } from '#core/limits.ts';
import type { Note } from '#core/note.ts';
import type { FileEntry, LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer, PathFacts } from './analyzer.ts';
import { byteOrder } from './programs/byte-order.ts';
import type { FactHistory, FileNode, FileTree } from './overlay/file-tree.ts';
import { Overlay } from './overlay/overlay.ts';

/** The report of one layer, as it is read back. */
export interface ComposableLayer {
  readonly diffId: string;
  readonly records: AsyncIterable<LayerRecord>;
}

/** An entry of the final file system, with the layer that put it there. */
export interface ComposedFile extends FileEntry {
  readonly layer: string;
}

/** The final file system of an image: what a container would see. */
export interface Composed {
  /** Notes of the layers, and of what could not be laid over the layers below. */
  readonly notes: readonly Note[];
  /** Number of entries, the root left out. */
  readonly count: number;
  /** The entry at a path; symbolic links are not followed. */
  lookup(path: string): ComposedFile | null;
  /** The real path behind a path, links followed within the image; null when nothing is there, or links go in circles. */
  resolve(path: string): string | null;
  /** The facts an analyzer read from files that survive, by path in the order of its bytes. */
  facts(analyzer: string): readonly PathFacts[];
  /**
   * Index of the layer in which this fact came to stay: no later layer deleted the path, or wrote it without the fact.
   * Null when the path has no such fact.
   */
  since(analyzer: string, path: string, key: string): number | null;
  /** Index of the layer that wrote the entry at a path last. */
  layerIndex(path: string): number | null;
  /** All entries, a folder before what is in it, names in the order of their bytes. */
  files(): Generator<ComposedFile>;
}

/**
 * Lays layer reports over each other, base layer first, as an engine does that unpacks them (OCI image-spec, layer.md;
 * containerd's archive.Apply). The analyzers tell which facts of a file hold for a hard link to it.
 *
 * Throws `image/too-large` (limit `layerEntries`) when the final file system has too many entries, and what reading the
 * records throws.
 */
export async function compose(
  layers: readonly ComposableLayer[],
  analyzers: readonly Analyzer[],
  limits: Limits,
): Promise<Composed> {
  const overlay = new Overlay(analyzers, limits);
  for (const { diffId, records } of layers) {
    overlay.startLayer(diffId);
    for await (const record of records) overlay.apply(record);
  }
  const diffIds = layers.map(({ diffId }) => diffId);
  const { tree } = overlay;
  const factsByAnalyzer = collectFacts(tree);
  const keys = new WeakMap<FactHistory, ReadonlySet<string>>();
  const hasKey = (history: FactHistory, key: string): boolean => {
    const known = keys.get(history) ?? new Set(history.facts.map((fact) => fact.key));
    keys.set(history, known);
    return known.has(key);
  };
  const shown = (path: string, node: FileNode) => showFile(path, node, diffIds[node.layer] ?? '');
  return {
    notes: overlay.notes(),
    count: tree.count,
    lookup: (path) => {
      const node = tree.lookup(path);
      return node === null ? null : shown(path, node);
    },
    resolve: (path) => tree.resolve(path),
    facts: (analyzer) => factsByAnalyzer.get(analyzer) ?? [],
    since: (analyzer, path, key) => {
      const history = tree.lookup(path)?.facts?.get(analyzer);
      if (history === undefined || !hasKey(history, key)) return null;
      return history.since?.get(key) ?? history.layer;
    },
    layerIndex: (path) => tree.lookup(path)?.layer ?? null,
    *files() {
      for (const [path, node] of tree.walk()) yield shown(path, node);
    },
  };
}

function collectFacts(tree: FileTree): ReadonlyMap<string, PathFacts[]> {
  const collected = new Map<string, PathFacts[]>();
  for (const [path, node] of tree.withFacts()) {
    for (const [analyzer, { facts }] of node.facts ?? []) {
      const list = collected.get(analyzer) ?? [];
      list.push({ path, facts });
      collected.set(analyzer, list);
    }
  }
  for (const list of collected.values()) list.sort((a, b) => byteOrder(a.path, b.path));
  return collected;
}

function showFile(path: string, node: FileNode, layer: string): ComposedFile {
  const { type, mode, uid, gid, size, sha256, link } = node;
  return { path, type, mode, uid, gid, size, sha256, link, layer };
}
