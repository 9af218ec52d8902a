import type { Note } from '#core/note.ts';

export type FileType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** An entry of a layer, in the order of the tar. `path` is relative to the root, without a leading slash or `./`. */
export interface FileEntry {
  readonly path: string;
  readonly type: FileType;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Hex sha256 of a regular file's content, null for everything else. */
  readonly sha256: string | null;
  /** Target of a symbolic link as written, of a hard link as a path like `path`; null for everything else. */
  readonly link: string | null;
}

/**
 * What one analyzer read from one file: plain JSON. `key` names the thing across layers (`name version arch`), so that the
 * layer that brought a package in can be told when its database is written again by a later layer.
 */
export interface Fact {
  readonly key: string;
  readonly data: unknown;
}

/** A line of a layer report: the report is one JSON line a record, zstd-compressed, head first. */
export type LayerRecord =
  | {
      readonly kind: 'head';
      readonly version: 1;
      /** The analyzer set that read the layer, and of what it was made: the engine, and each analyzer (`npm@2`). */
      readonly analyzers: string;
      readonly engine: string;
      readonly members: readonly string[];
    }
  | ({ readonly kind: 'file' } & FileEntry)
  /** `.wh.NAME`: this path of the layers below is gone. */
  | { readonly kind: 'whiteout'; readonly path: string }
  /** `.wh..wh..opq`: all children of this folder of the layers below are gone. */
  | { readonly kind: 'opaque'; readonly path: string }
  | { readonly kind: 'facts'; readonly analyzer: string; readonly path: string; readonly facts: readonly Fact[] }
  | ({ readonly kind: 'note' } & Note)
  /** Last line; a report without it was cut off. */
  | {
      readonly kind: 'end';
      readonly diffId: string;
      readonly digest: string | null;
      readonly size: number;
      readonly inflated: number;
      readonly entries: number;
    };
