const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/**
 * What passing a limit does: a note in the report, which goes on without the rest; a failed analysis of the image with the
 * reason; a refused request; or nothing that is seen, the bytes go by way of a temporary file.
 */
export type PastLimit = 'note' | 'fails' | 'refused' | 'spooled';

export interface LimitKind {
  readonly value: number;
  readonly unit: 'bytes' | 'seconds' | 'count';
  /** What is bounded, for the table in the guide. */
  readonly bounds: string;
  readonly past: PastLimit;
}

/** Every bound that is always on, with the value that holds when nobody chose another. */
export const limitKinds = {
  layers: { value: 512, unit: 'count', past: 'fails', bounds: 'Layers of one image' },
  indexDepth: { value: 4, unit: 'count', past: 'fails', bounds: 'Indexes within indexes on the way to an image' },
  // The distribution specification asks for 4 MiB at least.
  documentBytes: { value: 8 * MiB, unit: 'bytes', past: 'fails', bounds: 'A manifest, an index or a config' },
  layerBytes: { value: 20 * GiB, unit: 'bytes', past: 'fails', bounds: 'A layer as it is stored' },
  layerInflatedBytes: { value: 64 * GiB, unit: 'bytes', past: 'fails', bounds: 'A layer when inflated' },
  layerRatio: {
    value: 250,
    unit: 'count',
    past: 'fails',
    bounds: 'Inflated bytes of a layer for each stored one, looked at beyond the first 64 MiB inflated',
  },
  layerEntries: { value: 5_000_000, unit: 'count', past: 'fails', bounds: 'Entries of a layer, and files of an image' },
  imageSeconds: {
    value: 3 * 3600,
    unit: 'seconds',
    past: 'fails',
    bounds: 'The whole analysis of one image, its layers fetched',
  },
  pathBytes: { value: 4096, unit: 'bytes', past: 'note', bounds: 'A path within a layer' },
  symlinkHops: { value: 40, unit: 'count', past: 'note', bounds: 'Symbolic links that are followed on one path' },
  fileBytes: { value: 1 * GiB, unit: 'bytes', past: 'note', bounds: 'A file that an analyzer asked for' },
  fileMemoryBytes: {
    value: 16 * MiB,
    unit: 'bytes',
    past: 'spooled',
    bounds: 'A file of an image that is held in memory',
  },
  factBytes: {
    value: 256 * MiB,
    unit: 'bytes',
    past: 'note',
    bounds: 'What analyzers keep of one layer, and of one image, as JSON',
  },
  jsonBytes: {
    value: 64 * MiB,
    unit: 'bytes',
    past: 'note',
    bounds: 'A document within an image that is parsed whole (JSON, TOML, YAML, XML)',
  },
  archiveDepth: { value: 16, unit: 'count', past: 'note', bounds: 'Archives within archives (jar in war in ear)' },
  archiveEntries: {
    value: 200_000,
    unit: 'count',
    past: 'note',
    bounds: 'Entries of one archive and of all within it together',
  },
  archiveInflatedBytes: {
    value: 2 * GiB,
    unit: 'bytes',
    past: 'note',
    bounds: 'What is inflated of one archive and of all within it together',
  },
  archiveRatio: {
    value: 250,
    unit: 'count',
    past: 'note',
    bounds: 'Inflated bytes of an entry of an archive for each stored one',
  },
  analyzerSeconds: { value: 60, unit: 'seconds', past: 'note', bounds: 'One analyzer in one layer' },
  notes: { value: 1000, unit: 'count', past: 'note', bounds: 'Notes of a layer that are listed; more are counted' },
  requestBytes: { value: 8 * MiB, unit: 'bytes', past: 'refused', bounds: 'The body of a request of the API' },
} as const satisfies Record<string, LimitKind>;

export type LimitName = keyof typeof limitKinds;

/** Bounds by name; what each of them bounds stands in `limitKinds`. Sizes are bytes, times seconds. */
export type Limits = { readonly [name in LimitName]: number };

export const defaultLimits: Limits = Object.fromEntries(
  Object.entries(limitKinds).map(([name, { value }]) => [name, value]),
) as Limits;
