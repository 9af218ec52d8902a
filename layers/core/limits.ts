const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * Bounds that are always on. Passing one of a layer's or a file's is a note with the limit's name; passing one of a whole
 * image fails the analysis with the reason. Sizes are bytes.
 */
export interface Limits {
  /** Compressed bytes of one layer. */
  readonly layerBytes: number;
  /** Inflated bytes of one layer. */
  readonly layerInflatedBytes: number;
  /** Inflated to compressed bytes, looked at beyond the first 64 MiB inflated. */
  readonly layerRatio: number;
  /** Entries in one layer. */
  readonly layerEntries: number;
  readonly pathBytes: number;
  /** Symbolic links followed to resolve one path. */
  readonly symlinkHops: number;
  /** One file that an analyzer asked for. */
  readonly fileBytes: number;
  /** A file up to this size is held in memory for its analyzers; a larger one in an unnamed temporary file. */
  readonly fileMemoryBytes: number;
  /** Facts that analyzers read from one layer, as JSON; those of one file too. */
  readonly factBytes: number;
  /** Notes of one layer that are listed; more are counted. */
  readonly notes: number;
  /** A manifest, index or config from outside (OCI distribution-spec asks for 4 MiB at least). */
  readonly documentBytes: number;
  /** Layers of one image. */
  readonly layers: number;
  /** Nesting of image indexes. */
  readonly indexDepth: number;
  /** A request body of the API. */
  readonly requestBytes: number;
}

export const defaultLimits: Limits = {
  layerBytes: 20 * GiB,
  layerInflatedBytes: 64 * GiB,
  layerRatio: 250,
  layerEntries: 5_000_000,
  pathBytes: 4096,
  symlinkHops: 40,
  fileBytes: 1 * GiB,
  fileMemoryBytes: 16 * MiB,
  factBytes: 256 * MiB,
  notes: 1000,
  documentBytes: 8 * MiB,
  layers: 512,
  indexDepth: 4,
  requestBytes: 8 * MiB,
};
