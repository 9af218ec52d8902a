import type { Limits } from '#core/limits.ts';
import type { Note } from '#core/note.ts';
import type { Fact, FileEntry, LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer } from '../analyzer.ts';
import { type FactHistory, type FileNode, FileTree, newFolder } from './file-tree.ts';

/** Facts that hard links may hold besides the files they were read from: many links to one file would multiply them. */
const mostLinkedFacts = 100_000;

/** An image has up to so many times the notes of a layer. */
const mostNotedLayers = 10;

/**
 * Lays the records of layers over each other. Within a layer the order of records does not matter to whiteouts: they
 * take away what the layers below have, never what their own layer has.
 */
export class Overlay {
  readonly tree: FileTree;
  readonly #analyzers: readonly Analyzer[];
  readonly #limits: Limits;
  readonly #notes: { readonly note: Note; readonly layer: number }[] = [];
  #dropped = 0;
  #layer = -1;
  #diffId = '';
  /** Facts of files of the layers below that this layer has written again, by the new node. */
  #before = new Map<FileNode, FileNode['facts']>();
  /** Folders in which this layer has left nothing of the layers below: a second mark finds nothing, however many there are. */
  #cleared = new Set<FileNode>();
  #factBytes = 0;
  /** The layer in which `#factBytes` was last brought down to what is still there. */
  #counted = -1;
  #linkedFacts = 0;

  constructor(analyzers: readonly Analyzer[], limits: Limits) {
    this.tree = new FileTree(limits);
    this.#analyzers = analyzers;
    this.#limits = limits;
  }

  /** All notes, but for what analyzers said of files that did not survive. */
  notes(): readonly Note[] {
    const notes = this.#notes.filter(({ note, layer }) => this.#stillHolds(note, layer)).map(({ note }) => note);
    if (this.#dropped === 0) return notes;
    const problem = `${this.#dropped} more problems are not listed (limit notes)`;
    return [...notes, { analyzer: 'compose', layer: null, path: null, problem }];
  }

  /** Begins the next layer up. */
  startLayer(diffId: string): void {
    this.#layer += 1;
    this.#diffId = diffId;
    this.#before = new Map();
    this.#cleared = new Set();
  }

  apply(record: LayerRecord): void {
    switch (record.kind) {
      case 'file':
        this.#putFile(record);
        return;
      case 'whiteout':
        this.#takeAway(record.path);
        return;
      case 'opaque': {
        const folder = this.tree.folder(record.path);
        if (folder !== null) this.#takeLower(folder);
        return;
      }
      case 'facts':
        this.#putFacts(record.path, record.analyzer, record.facts);
        return;
      case 'note':
        this.#note(record.path, record.problem, record.analyzer);
        return;
      case 'head':
      case 'end':
        return;
      default:
        record satisfies never;
    }
  }

  #putFile(entry: FileEntry): void {
    if (entry.path === '') {
      if (entry.type === 'dir') this.#describe(this.tree.root, entry);
      return;
    }
    const place = this.tree.place(entry.path, this.#layer);
    if ('reason' in place) {
      this.#note(`/${entry.path}`, `left out: ${place.reason}`);
      return;
    }
    const { folder, name } = place;
    const existing = folder.children!.get(name);
    if (entry.type === 'dir') {
      const node = existing?.children ? existing : newFolder(this.#layer);
      this.#describe(node, entry);
      if (node !== existing) this.tree.put(folder, name, node);
      return;
    }
    const node = entry.type === 'hardlink' ? this.#linkNode(entry) : this.#fileNode(entry);
    const before = existing === undefined ? null : this.#factsBelow(existing);
    if (before !== null) this.#before.set(node, before);
    this.tree.put(folder, name, node);
    if (node.facts !== null)
      for (const [analyzer, { facts, bytes }] of node.facts) this.#setFacts(node, analyzer, facts, bytes);
  }

  #fileNode(entry: FileEntry): FileNode {
    const { type, mode, uid, gid, size, sha256, link } = entry;
    return { type, mode, uid, gid, size, sha256, link, layer: this.#layer, children: null, facts: null };
  }

  /** A hard link is the file it names, of this layer or one below, under another path. */
  #linkNode(entry: FileEntry): FileNode {
    const target = entry.link === null ? null : this.tree.lookup(entry.link);
    if (target === null || target.children !== null) {
      this.#note(
        `/${entry.path}`,
        `hard link to '/${entry.link}', which is ${target === null ? 'not there' : 'a folder'}`,
      );
      return this.#fileNode(entry);
    }
    const isFile = target.type === 'file' || target.type === 'hardlink';
    return {
      ...target,
      type: isFile ? 'hardlink' : target.type,
      link: isFile ? entry.link : target.link,
      layer: this.#layer,
      facts: isFile ? this.#linkFacts(entry.path, entry.link!, target) : null,
    };
  }

  /**
   * What was read from a file holds for a link to it, for each analyzer that wants both paths. One that wants the link
   * only has read it on its own if the file is in the same layer; otherwise nobody has read it.
   */
  #linkFacts(path: string, link: string, target: FileNode): FileNode['facts'] {
    const shared = new Map<string, FactHistory>();
    for (const analyzer of this.#analyzers) {
      if (!analyzer.wants(path, target.size, target.mode)) continue;
      if (analyzer.wants(link, target.size, target.mode)) {
        const facts = target.facts?.get(analyzer.name);
        if (facts === undefined) continue;
        this.#linkedFacts += facts.facts.length;
        if (this.#linkedFacts <= mostLinkedFacts) shared.set(analyzer.name, facts);
        else
          this.#note(
            `/${path}`,
            `facts of this hard link are left out: there are more than ${mostLinkedFacts}`,
            analyzer.name,
          );
      } else if (target.layer !== this.#layer) {
        this.#note(`/${path}`, `not read: it is a hard link to '/${link}' of a layer below`, analyzer.name);
      }
    }
    return shared.size === 0 ? null : shared;
  }

  #putFacts(path: string, analyzer: string, facts: readonly Fact[]): void {
    const node = this.tree.lookup(path);
    if (node === null || node.children !== null || node.layer !== this.#layer) return;
    // As the reader of a layer counts, so that what just fits one fits the other.
    const bytes = JSON.stringify(facts).length - facts.length - 1;
    if (this.#factBytes + bytes > this.#limits.factBytes) this.#forgetReplaced();
    if (this.#factBytes + bytes > this.#limits.factBytes) {
      this.#note(
        `/${path}`,
        `facts are left out: those of the image pass the limit factBytes of ${this.#limits.factBytes}`,
        analyzer,
      );
      return;
    }
    this.#factBytes += bytes;
    this.#setFacts(node, analyzer, facts, bytes);
  }

  /** Facts of files that are gone count no more: a database that each layer writes again is one. Looked for once a layer. */
  #forgetReplaced(): void {
    if (this.#counted === this.#layer) return;
    this.#counted = this.#layer;
    const kept = new Map<readonly Fact[], number>();
    for (const [, { facts: all }] of this.tree.withFacts()) {
      for (const { facts, bytes } of all!.values()) kept.set(facts, bytes);
    }
    this.#factBytes = [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  #setFacts(node: FileNode, analyzer: string, facts: readonly Fact[], bytes: number): void {
    const before = this.#before.get(node)?.get(analyzer);
    let since: Map<string, number> | null = null;
    if (before !== undefined) {
      const keys = new Set(before.facts.map(({ key }) => key));
      since = new Map(
        facts.filter(({ key }) => keys.has(key)).map(({ key }) => [key, before.since?.get(key) ?? before.layer]),
      );
    }
    node.facts ??= new Map();
    node.facts.set(analyzer, { facts, bytes, layer: this.#layer, since });
  }

  /** What the layers below had at a path of which this layer writes a node (a second time, perhaps). */
  #factsBelow(existing: FileNode): FileNode['facts'] {
    return existing.layer < this.#layer ? existing.facts : (this.#before.get(existing) ?? null);
  }

  #describe(node: FileNode, entry: FileEntry): void {
    node.mode = entry.mode;
    node.uid = entry.uid;
    node.gid = entry.gid;
    node.layer = this.#layer;
  }

  #takeAway(path: string): void {
    const place = this.tree.place(path, null);
    if ('reason' in place) return;
    const { folder, name } = place;
    const node = folder.children?.get(name);
    if (node !== undefined && this.#takeLowerOf(node)) this.tree.remove(folder, name);
  }

  /** Takes away all that layers below have in a folder. */
  #takeLower(folder: FileNode): void {
    if (this.#cleared.has(folder)) return;
    this.#cleared.add(folder);
    for (const [name, child] of folder.children!) if (this.#takeLowerOf(child)) this.tree.remove(folder, name);
  }

  /** Takes away what layers below have of a node; true when nothing of this layer is left and the node goes too. */
  #takeLowerOf(node: FileNode): boolean {
    if (node.children !== null) this.#takeLower(node);
    else if (node.layer === this.#layer) this.#breakHistory(node);
    return node.layer < this.#layer && !node.children?.size;
  }

  /** The path was deleted and written in the same layer: what was there before is another file. */
  #breakHistory(node: FileNode): void {
    this.#before.delete(node);
    for (const [analyzer, history] of node.facts ?? []) node.facts!.set(analyzer, { ...history, since: null });
  }

  #note(path: string | null, problem: string, analyzer = 'compose'): void {
    const note = { analyzer, layer: this.#diffId, path, problem };
    if (this.#notes.length >= this.#limits.notes * mostNotedLayers) this.#dropped += 1;
    else this.#notes.push({ note, layer: this.#layer });
  }

  #stillHolds({ analyzer, path }: Note, layer: number): boolean {
    if (path === null || !this.#analyzers.some(({ name }) => name === analyzer)) return true;
    return this.tree.lookup(path.slice(1))?.layer === layer;
  }
}
