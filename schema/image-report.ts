import type { Distro } from '#core/distro.ts';
import type { Note } from '#core/note.ts';
import type { Package } from '#core/package.ts';

/** A layer as the image report shows it. */
export interface ReportLayer {
  readonly digest: string | null;
  readonly diffId: string;
  readonly mediaType: string;
  /** Stored bytes. */
  readonly size: number;
  /** True when the layer was known and not read for this report. */
  readonly cached: boolean;
}

/** An account of `/etc/passwd`. */
export interface ImageUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** Whether `/etc/shadow` has a password for it: `none` when it has no line, `empty` when anybody may log in. */
  readonly password: 'none' | 'locked' | 'empty' | 'set';
}

/** Where patterns match in a file; never what matched. `lines` count from 0. */
export interface TextMatches {
  readonly path: string;
  readonly matches: readonly { readonly name: string; readonly regex: string; readonly lines: readonly number[] }[];
}

/** What one scanner of malware said; a result without findings is a result too. */
export interface MalwareScan {
  readonly scanner: string;
  readonly findings: readonly { readonly path: string; readonly signature: string }[];
  /** Versions of its databases, by their names. */
  readonly databases: Readonly<Record<string, string>>;
}

/** What an image tells beside its packages. Lists are sorted by path or name; paths are absolute in the image. */
export interface ImageDetails {
  readonly users: readonly ImageUser[];
  /** Files with the setuid or the setgid bit. */
  readonly privilegedFiles: readonly { readonly path: string; readonly mode: number }[];
  readonly secrets: readonly TextMatches[];
  readonly contentMatches: readonly TextMatches[];
  /** Files that the settings ask to keep, in base64. */
  readonly retrievedFiles: readonly { readonly path: string; readonly content: string }[];
  /** One of each scanner that ran. */
  readonly malware: readonly MalwareScan[];
}

/** Of an image that tells nothing beside its packages. */
export const noDetails: ImageDetails = {
  users: [],
  privilegedFiles: [],
  secrets: [],
  contentMatches: [],
  retrievedFiles: [],
  malware: [],
};

/** The image that another was built on. */
export interface BaseImage {
  /** As the image names it, else as the known image was called; null when it has no name. */
  readonly reference: string | null;
  readonly digest: string | null;
  /** Layers that come from it, where they are known. */
  readonly layers: number | null;
  /** By `org.opencontainers.image.base.*`, or by the longest chain of layers of another stored image. */
  readonly by: 'annotation' | 'layers';
}

/** Everything known about the content of one image, composed from its layer reports; JSON in the blob store. */
export interface ImageReport {
  readonly version: 1;
  readonly analyzers: string;
  readonly reference: string;
  readonly digest: string | null;
  readonly parentDigest: string | null;
  readonly configDigest: string | null;
  readonly platform: string;
  readonly size: number;
  readonly created: string | null;
  readonly layers: readonly ReportLayer[];
  readonly history: readonly {
    readonly createdBy: string;
    readonly created: string | null;
    readonly emptyLayer: boolean;
    readonly comment: string | null;
  }[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly manifest: string | null;
  readonly distro: Distro | null;
  /** Sorted by type, name, version, arch, source. */
  readonly packages: readonly Package[];
  readonly details: ImageDetails;
  /** Null when nothing is known of it. */
  readonly base: BaseImage | null;
  readonly notes: readonly Note[];
  /** Number of entries in the final file system; the listing itself is composed from the layer reports when asked for. */
  readonly files: number;
  /** What it says was brought along by an account and not read here: no layer reports stand behind it. */
  readonly imported?: true;
}
