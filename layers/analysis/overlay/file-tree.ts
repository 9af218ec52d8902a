import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { Fact, FileType } from '#schema/layer-report.ts';
import { byteOrder } from '../programs/byte-order.ts';

/** What one analyzer read from one file, and since which layer each fact is there without a break. */
export interface FactHistory {
  readonly facts: readonly Fact[];
  /** Of the facts as JSON. */
  readonly bytes: number;
  /** Index of the layer the facts were read in. */
  readonly layer: number;
  /** Facts that were there before that layer, by key; null when there are none. */
  readonly since: ReadonlyMap<string, number> | null;
}

/** A node of the tree; a folder has `children`, nothing else does. */
export interface FileNode {
  type: FileType;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  sha256: string | null;
  link: string | null;
  /** Index of the layer that wrote it last. */
  layer: number;
  children: Map<string, FileNode> | null;
  facts: Map<string, FactHistory> | null;
}

/** Where a path leads: the folder its last name is in, all links on the way followed. */
export interface Place {
  readonly folder: FileNode;
  readonly name: string;
}

/** A path that cannot be walked; `reason` says why. */
export interface NoWay {
  readonly reason: string;
}

/** Folders that are made because something is put in them: one entry of 4 kB could otherwise ask for two thousand. */
const mostImplied = 250_000;

interface Step {
  readonly node: FileNode;
  readonly name: string;
}

/** The file system of an image: names lead to nodes, symbolic links are followed within the root and never out of it. */
export class FileTree {
  readonly root: FileNode = newFolder(0);
  readonly #limits: Limits;
  #count = 0;
  #implied = 0;
  #lastParent: string | null = null;
  #lastFolder: FileNode | null = null;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Number of nodes, the root left out. */
  get count(): number {
    return this.#count;
  }

  /** The node at a path whose parents may be links; a link at its end is not followed. */
  lookup(path: string): FileNode | null {
    if (path === '') return this.root;
    const place = this.place(path, null);
    return 'reason' in place ? null : (place.folder.children?.get(place.name) ?? null);
  }

  /** The real path behind a path; null when nothing is there. */
  resolve(path: string): string | null {
    const steps = this.#walk(path.split('/'), null);
    return !Array.isArray(steps)
      ? null
      : steps
          .slice(1)
          .map(({ name }) => name)
          .join('/');
  }

  /** The folder at a path, a link at its end followed. */
  folder(path: string): FileNode | null {
    const steps = this.#walk(path.split('/'), null);
    const node = Array.isArray(steps) ? steps.at(-1)?.node : undefined;
    return node?.children ? node : null;
  }

  /** Where a path leads. With a layer, folders that are missing on the way are made by that layer, as engines do. */
  place(path: string, makeBy: number | null): Place | NoWay {
    const cut = path.lastIndexOf('/');
    const parent = cut < 0 ? '' : path.slice(0, cut);
    const name = path.slice(cut + 1);
    if (parent === '') return { folder: this.root, name };
    if (parent === this.#lastParent && this.#lastFolder !== null) return { folder: this.#lastFolder, name };
    let folder = this.#straight(parent);
    if (folder === null) {
      const steps = this.#walk(parent.split('/'), makeBy);
      if (!Array.isArray(steps)) return steps;
      folder = steps.at(-1)!.node;
    }
    if (folder.children === null) return { reason: `'/${parent}' is no folder` };
    this.#lastParent = parent;
    this.#lastFolder = folder;
    return { folder, name };
  }

  /** Puts a node in a folder, in the place of whatever has this name. */
  put(folder: FileNode, name: string, node: FileNode): void {
    const existing = folder.children!.get(name);
    if (existing !== undefined) this.#forget(existing);
    else this.#grow();
    folder.children!.set(name, node);
  }

  /** Takes a node out, with all that is in it. */
  remove(folder: FileNode, name: string): void {
    const existing = folder.children?.get(name);
    if (existing === undefined) return;
    this.#forget(existing);
    this.#count -= 1;
    folder.children!.delete(name);
  }

  /** Every node but the root by path, a folder before what is in it, names in the order of their bytes. */
  *walk(): Generator<readonly [path: string, node: FileNode]> {
    const open = [{ prefix: '', names: namesOf(this.root) }];
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const next = last.names.next();
      if (next.done) {
        open.pop();
        continue;
      }
      const [name, node] = next.value;
      const path = last.prefix + name;
      yield [path, node];
      if (node.children !== null && node.children.size > 0) {
        open.push({ prefix: `${path}/`, names: namesOf(node) });
      }
    }
  }

  /** Every node that has facts, with its path, in no order. */
  withFacts(): readonly (readonly [path: string, node: FileNode])[] {
    const found: (readonly [string, FileNode])[] = [];
    const look = (folder: FileNode, prefix: string) => {
      for (const [name, node] of folder.children!) {
        if (node.facts !== null) found.push([prefix + name, node]);
        if (node.children !== null) look(node, `${prefix + name}/`);
      }
    };
    look(this.root, '');
    return found;
  }

  /** The folder at a path that has no links on the way, as nearly all have; null for any other. */
  #straight(path: string): FileNode | null {
    let node: FileNode | undefined = this.root;
    for (let start = 0; start <= path.length; ) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      node = node.children?.get(path.slice(start, end));
      if (node === undefined) return null;
      start = end + 1;
    }
    return node.children === null ? null : node;
  }

  /** The nodes along a path, root first, every link followed. */
  #walk(parts: readonly string[], makeBy: number | null): Step[] | NoWay {
    const steps: Step[] = [{ node: this.root, name: '' }];
    const left = parts.toReversed();
    let hops = 0;
    let walked = 0;
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      // Links can make a path far longer than any that is written down.
      walked += 1;
      if (walked * 2 > this.#limits.pathBytes)
        return { reason: 'the path is too long once links are followed (limit pathBytes)' };
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (steps.length > 1) steps.pop();
        continue;
      }
      const { node: folder } = steps.at(-1)!;
      let node = folder.children?.get(part);
      if (makeBy !== null && (node === undefined || (node.children === null && node.type !== 'symlink'))) {
        this.#implied += 1;
        if (this.#implied > mostImplied)
          return { reason: `more than ${mostImplied} folders are in no entry of their own` };
        node = newFolder(makeBy);
        this.put(folder, part, node);
      }
      if (node === undefined) return { reason: 'nothing is there' };
      if (node.type !== 'symlink') {
        steps.push({ node, name: part });
        continue;
      }
      hops += 1;
      if (hops > this.#limits.symlinkHops) {
        return { reason: `more than ${this.#limits.symlinkHops} symbolic links on the way (limit symlinkHops)` };
      }
      const target = node.link ?? '';
      if (target.startsWith('/')) steps.length = 1;
      left.push(...target.split('/').reverse());
    }
    return steps;
  }

  #forget(node: FileNode): void {
    // Any path may have led through a folder or link that is gone.
    if (node.children !== null || node.type === 'symlink') this.#lastParent = this.#lastFolder = null;
    if (node.children !== null) this.#count -= descendants(node);
  }

  #grow(): void {
    this.#count += 1;
    const most = this.#limits.layerEntries;
    if (this.#count > most) {
      throw new Fault(
        'image/too-large',
        `the image has more than ${most} files (limit layerEntries); raise the limit to analyze it`,
        { detail: { limit: 'layerEntries', most } },
      );
    }
  }
}

/** A folder that no entry describes, as engines make it. */
export function newFolder(layer: number): FileNode {
  return {
    type: 'dir',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    sha256: null,
    link: null,
    layer,
    children: new Map(),
    facts: null,
  };
}

function descendants(node: FileNode): number {
  let count = 0;
  for (const child of node.children?.values() ?? []) count += 1 + descendants(child);
  return count;
}

function namesOf(node: FileNode): Iterator<[string, FileNode]> {
  return [...node.children!].sort(([a], [b]) => byteOrder(a, b)).values();
}
