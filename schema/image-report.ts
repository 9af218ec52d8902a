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
  readonly notes: readonly Note[];
  /** Number of entries in the final file system; the listing itself is composed from the layer reports when asked for. */
  readonly files: number;
}
