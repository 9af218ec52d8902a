import { Fault } from './fault.ts';

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
  /** No larger value can be chosen. */
  readonly most?: number;
  /** What is bounded, for the table in the guide. */
  readonly bounds: string;
  readonly past: PastLimit;
}

/** Every bound that is always on, with the value that holds when nobody chose another. */
export const limitKinds = {
  imageBytes: {
    value: 100 * GiB,
    unit: 'bytes',
    past: 'refused',
    bounds: 'The layers of an image as they are stored, together; an image that is larger is not added',
  },
  layers: { value: 512, unit: 'count', past: 'fails', bounds: 'Layers of one image' },
  indexDepth: {
    value: 4,
    most: 64,
    unit: 'count',
    past: 'fails',
    bounds: 'Indexes within indexes on the way to an image',
  },
  // The distribution specification asks for 4 MiB at least.
  documentBytes: {
    value: 8 * MiB,
    most: 256 * MiB,
    unit: 'bytes',
    past: 'fails',
    bounds: 'A manifest, an index or a config',
  },
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
    most: 1_000_000,
    unit: 'seconds',
    past: 'fails',
    bounds: 'The whole analysis of one image, its layers fetched',
  },
  pathBytes: { value: 4096, most: 64 * KiB, unit: 'bytes', past: 'note', bounds: 'A path within a layer' },
  symlinkHops: {
    value: 40,
    most: 1000,
    unit: 'count',
    past: 'note',
    bounds: 'Symbolic links that are followed on one path',
  },
  fileBytes: { value: 1 * GiB, unit: 'bytes', past: 'note', bounds: 'A file that an analyzer asked for' },
  fileMemoryBytes: {
    value: 16 * MiB,
    most: 512 * MiB,
    unit: 'bytes',
    past: 'spooled',
    bounds: 'A file of an image that is held in memory',
  },
  // In memory they take some four times as much, while a layer is read and while layers are composed.
  factBytes: {
    value: 48 * MiB,
    most: 256 * MiB,
    unit: 'bytes',
    past: 'note',
    bounds: 'What analyzers keep of one layer, and of one image, as JSON',
  },
  jsonBytes: {
    value: 64 * MiB,
    most: 256 * MiB,
    unit: 'bytes',
    past: 'note',
    bounds:
      'What is parsed whole: a file of an image, the documents in one archive together; many readers have smaller bounds of their own',
  },
  archiveDepth: {
    value: 16,
    most: 32,
    unit: 'count',
    past: 'note',
    bounds: 'Archives within archives (jar in war in ear)',
  },
  archiveEntries: {
    value: 1_000_000,
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
  analyzerSeconds: {
    value: 60,
    most: 1_000_000,
    unit: 'seconds',
    past: 'note',
    bounds: 'One analyzer in one layer, and when it puts an image together',
  },
  notes: {
    value: 1000,
    most: 100_000,
    unit: 'count',
    past: 'note',
    bounds: 'Notes of a layer that are listed; more are counted',
  },
  requestBytes: {
    value: 8 * MiB,
    most: 256 * MiB,
    unit: 'bytes',
    past: 'refused',
    bounds: 'The body of a request of the API',
  },
} as const satisfies Record<string, LimitKind>;

export type LimitName = keyof typeof limitKinds;

/** Bounds by name; what each of them bounds stands in `limitKinds`. Sizes are bytes, times seconds. */
export type Limits = { readonly [name in LimitName]: number };

export const defaultLimits: Limits = Object.fromEntries(
  Object.entries(limitKinds).map(([name, { value }]) => [name, value]),
) as Limits;

/**
 * The limits with those that were chosen by name: a whole number above 0, or with a unit as text (`2GiB`, `90s`, `2h`).
 * Throws `input/invalid` for a name or value that is none; `where` says where it was written (`--limit`).
 */
export function chooseLimits(chosen: Readonly<Record<string, unknown>>, where: string): Limits {
  const limits: Record<LimitName, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(chosen)) {
    if (!isLimit(name)) {
      const known = Object.keys(limitKinds).sort().join(', ');
      throw new Fault('input/invalid', `${where}: ${name.slice(0, 40)} is no limit; there are ${known}`);
    }
    const { unit, most = Number.MAX_SAFE_INTEGER }: LimitKind = limitKinds[name];
    const number = numberOf(value, unit);
    if (!Number.isSafeInteger(number) || number < 1 || number > most) {
      const given = String(value).slice(0, 40);
      throw new Fault('input/invalid', `${where}: ${name}=${given}: give 1 to ${most}${examples[unit]}`);
    }
    limits[name] = number;
  }
  return limits;
}

/** Bytes of a size with a unit or without. Throws `input/invalid`; `where` says where it was written. */
export function readSize(text: string, where: string): number {
  const size = numberOf(text, 'bytes');
  if (Number.isSafeInteger(size) && size >= 1) return size;
  throw new Fault('input/invalid', `${where} ${text.slice(0, 40)}: give${examples.bytes}`);
}

const examples = { bytes: ' bytes, as 512MiB or 2GiB', seconds: ' seconds, as 90s, 5m or 2h', count: '' };

const factors = {
  bytes: { '': 1, KiB, MiB, GiB, TiB: 1024 * GiB },
  seconds: { '': 1, s: 1, m: 60, h: 3600 },
  count: { '': 1 },
};

function isLimit(name: string): name is LimitName {
  return Object.hasOwn(limitKinds, name);
}

function numberOf(value: unknown, unit: LimitKind['unit']): number {
  if (typeof value === 'number') return value;
  const [, digits, suffix = ''] = /^(\d{1,16})([A-Za-z]*)$/.exec(typeof value === 'string' ? value : '') ?? [];
  const known: Readonly<Record<string, number>> = factors[unit];
  return digits !== undefined && Object.hasOwn(known, suffix) ? Number(digits) * known[suffix]! : Number.NaN;
}
