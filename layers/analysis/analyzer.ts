import type { Distro } from '#core/distro.ts';
import type { Limits } from '#core/limits.ts';
import type { PackageType } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import type { ImageDetails } from '#schema/image-report.ts';
import type { Fact, FileEntry } from '#schema/layer-report.ts';
import type { ExpectedFile } from './os/expected-file.ts';

/** Bytes by position, in memory or in an unnamed temporary file: the analyzer cannot tell. */
export interface RandomAccess {
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer at the end, none past it. The caller may keep but not change them. */
  read(offset: number, length: number): Uint8Array;
  /** Everything; throws `input/too-large` over `limit` bytes (64 MiB when left out). */
  all(limit?: number): Uint8Array;
}

/** A file of a layer that an analyzer asked for. */
export interface WantedFile {
  /** Relative to the root, without a leading slash. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly content: RandomAccess;
  /** For what is bounded beyond the file itself (archives within it, documents that are parsed whole). */
  readonly limits: Limits;
}

/** A surviving file with the facts an analyzer read from it. */
export interface PathFacts {
  readonly path: string;
  readonly facts: readonly Fact[];
}

/** What the final file system looks like to an analyzer that assembles. */
export interface ImageView {
  readonly distro: Distro | null;
  /** This analyzer's facts by surviving path, sorted by path. */
  readonly facts: readonly PathFacts[];
  /** The real path behind a path: symbolic links followed within the image; null when nothing is there. */
  resolve(path: string): string | null;
  /** The entry at a path of the final file system; symbolic links are not followed. */
  lookup(path: string): FileEntry | null;
  /** All entries of the final file system, a folder before what is in it; made anew with each call. */
  files(): Iterable<FileEntry>;
  /** Whether an analyzer that stands before this one found such a package, however its name is spelled. */
  found(type: PackageType, name: string, version: string): boolean;
  /** Records a problem as a note of this analyzer. */
  note(path: string | null, problem: string): void;
}

/** A package as an analyzer assembles it; the engine adds the layer and sorts and merges copies. */
export type FoundPackage = Omit<Package, 'layer' | 'paths'> & {
  /** Where the facts came from: the path and key that tell the layer. Paths of copies are merged by the engine. */
  readonly evidence: { readonly path: string; readonly key: string };
  /** The place within an archive that is the evidence, shown as `PATH:INSIDE` (`/a.war:WEB-INF/lib/b.jar`). */
  readonly inside?: string;
  /** Shown in place of the evidence's path; of what somebody only says is there. */
  readonly location?: string;
  /** Other paths to show beside the evidence, relative to the root. */
  readonly otherPaths?: readonly string[];
};

/** A file of a package, absolute and under the real name of its folder, with what the package's database says of it. */
export interface OwnedFile {
  readonly path: string;
  readonly package: Pick<Package, 'type' | 'name' | 'version' | 'arch'>;
  readonly expected: ExpectedFile;
}

/**
 * A reader of one kind of evidence. `read` sees one file of one layer and gives raw facts; `assemble` sees the facts that
 * survive in the final file system and gives packages, `describe` what else they tell of the image. All are pure. What
 * `read` throws becomes a note with path and reason; the engine walks, opens, limits and times.
 */
export interface Analyzer {
  readonly name: string;
  /** What it reads, for people: a cell of the README's table. */
  readonly reads: string;
  /** Raised when the facts or packages change: known layers are then read again. */
  readonly version: number;
  /** What of the settings decides its facts, as a text: layers read with other settings are read again for it. */
  readonly settings?: string;
  /** Cheap, by path (relative, no leading slash), size in bytes and permission bits (`0o755`); asked for each regular file. */
  wants(path: string, size: number, mode: number): boolean;
  read(file: WantedFile): Iterable<Fact>;
  assemble(view: ImageView): Iterable<FoundPackage>;
  /** Left out where packages are all. */
  describe?(view: ImageView): Partial<ImageDetails>;
  /** What a package database says its files should be; asked for on demand. Left out where there is no such database. */
  owned?(view: ImageView): Iterable<OwnedFile>;
}
