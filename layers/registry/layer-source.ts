import type { Digest } from '#core/digest.ts';

/** Where the bytes of a layer are: in a file on this machine, or to be streamed from somewhere else. */
export type LayerBytes =
  | { readonly kind: 'file'; readonly path: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'stream'; readonly open: () => Promise<AsyncIterable<Uint8Array>> }
  /** A folder that stands for the whole file system (`rootfs:DIR`): nothing is compressed and nothing has a digest beforehand. */
  | { readonly kind: 'folder'; readonly path: string };

export type Compression = 'none' | 'gzip' | 'zstd';

/** A layer as the manifest and config describe it; bytes are not verified before they are read. */
export interface SourceLayer {
  /** Digest of the stored (compressed) bytes; null for a folder, and for docker archives, whose layers are named by diff_id. */
  readonly digest: Digest | null;
  /** Digest of the inflated tar, from the config; null for a folder. */
  readonly diffId: Digest | null;
  readonly mediaType: string;
  /** Stored bytes; null for a folder. */
  readonly size: number | null;
  readonly bytes: LayerBytes;
}

/** What the image config says (OCI image-spec, config.md); unknown fields are kept in `raw`. */
export interface ImageConfig {
  readonly digest: Digest | null;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
  readonly created: string | null;
  readonly history: readonly {
    readonly createdBy: string;
    readonly created: string | null;
    readonly emptyLayer: boolean;
    readonly comment: string | null;
  }[];
  readonly raw: Readonly<Record<string, unknown>>;
}

/** One image of one platform, opened: manifest and config read and verified, layers ready to be read. */
export interface ImageSource {
  /** As the user wrote it, for people. */
  readonly reference: string;
  /** Digest of the image manifest; null where the form has none (docker archive, folder). */
  readonly digest: Digest | null;
  /** Digest of the index that was asked for, when the image came out of one. */
  readonly parentDigest: Digest | null;
  /** The manifest as stored, for the API; null where the form has none. */
  readonly manifest: string | null;
  readonly config: ImageConfig;
  /** `os/architecture[/variant]`. */
  readonly platform: string;
  /** Base layer first. */
  readonly layers: readonly SourceLayer[];
}
