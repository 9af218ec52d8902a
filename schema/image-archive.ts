import * as z from 'zod';
import { type PackageType, packageTypes } from '#core/ecosystem.ts';
import type { ImageReport } from './image-report.ts';

/**
 * An archive of an analysis: a tar.gz with `archive_manifest` (JSON, {@link ArchiveManifest}) and the files that it names, each with its
 * size and digest. One that Plimsoll exports another one imports, so the form changes by its version only.
 */
export const archiveForm = 'plimsoll-image-archive';

/** The entry that says what the others are; archives of the original have one of this name too. */
export const manifestName = 'archive_manifest';

/** Entries of an archive. */
export const archiveFiles = {
  report: 'image_report.json',
  findings: 'findings.json',
  dockerfile: 'dockerfile',
  verdicts: 'verdicts.json',
} as const;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const time = z.int().nonnegative();
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((one) => one.isWellFormed() && !one.includes('\0'), 'holds NUL or half a surrogate pair');
const none = <T extends z.ZodType>(shape: T) => shape.nullable();

const base = z.object({
  reference: none(text(1024)),
  digest: none(text(200)),
  layers: none(z.int()),
  by: z.enum(['annotation', 'layers']),
});

/** The image as the catalog had it. Times are milliseconds since the epoch. */
const archivedImage = z.object({
  parentDigest: digest,
  /** The indexes that it is in, and its place among the images of each; 0 stands for the index. */
  indexes: z.array(z.object({ digest, place: z.int().min(0).max(1000) })).max(1000),
  imageId: z.string().regex(/^[0-9a-f]{64}$/),
  platform: text(200),
  pullReference: text(1024),
  annotations: z.record(text(256), text(4096)),
  createdAt: time,
  analyzedAt: time,
  /** ChainID of its layers, 64 hex digits. */
  chain: none(z.string().regex(/^[0-9a-f]{64}$/)),
  content: z.object({
    size: z.int().nonnegative(),
    layerCount: z.int().nonnegative(),
    arch: text(100),
    distro: none(text(200)),
    distroVersion: none(text(200)),
    namespace: none(text(300)),
    base: none(base),
  }),
});

const archivedTag = z.object({
  registry: text(300).min(1),
  repository: text(300).min(1),
  tag: text(128).min(1),
  detectedAt: time,
  saidAt: time,
  pointedTo: digest,
});

export const archiveManifest = z.object({
  format: z.literal(archiveForm),
  version: z.literal(1),
  /** The version of the program that wrote it. */
  program: text(100),
  account: text(200),
  image_digest: digest,
  archived_at: time,
  image: archivedImage,
  /** Every move of a tag that led to the image. */
  tags: z.array(archivedTag).max(20_000),
  artifacts: z.array(z.object({ name: text(100), size: z.int().nonnegative(), sha256: digest })).max(20),
});

export type ArchiveManifest = z.infer<typeof archiveManifest>;

const listed = z.array(text(65_536));
const note = z.object({ analyzer: text(200), layer: none(text(200)), path: none(text(65_536)), problem: text(65_536) });
const matches = z.array(
  z.object({
    path: text(65_536),
    matches: z.array(z.object({ name: text(1000), regex: text(65_536), lines: z.array(z.int()) })),
  }),
);

const packageFound = z.object({
  type: z.enum(packageTypes as readonly [PackageType, ...PackageType[]]),
  name: text(1024).min(1),
  version: text(1024),
  arch: none(text(1024)),
  source: none(text(4096)),
  origin: none(z.object({ name: text(1024), version: text(1024) })),
  purl: text(2500).min(1),
  paths: listed,
  layer: none(text(200)),
  licenses: listed,
  vendor: none(text(65_536)),
  size: none(z.number()),
  files: listed,
  owners: z.array(z.object({ path: text(65_536), purl: text(2500) })).optional(),
  declared: z.enum(['lock', 'sbom']).optional(),
  metadata: z.record(text(1024), text(1_000_000)).optional(),
  requires: listed.optional(),
  cpes: z.array(text(4096)).optional(),
});

/** An image report that somebody else may have written (schema/image-report.ts). */
export const archivedReport = z.object({
  version: z.literal(1),
  analyzers: z.string().regex(/^[a-z0-9._-]{1,100}$/),
  reference: text(4096),
  digest: none(digest),
  parentDigest: none(digest),
  configDigest: none(digest),
  platform: text(200),
  size: z.number().nonnegative(),
  created: none(text(100)),
  layers: z
    .array(
      z.object({
        digest: none(digest),
        diffId: digest,
        mediaType: text(300),
        size: z.number().nonnegative(),
        cached: z.boolean(),
      }),
    )
    .max(10_000),
  history: z.array(
    z.object({
      createdBy: text(10_000_000),
      created: none(text(1000)),
      emptyLayer: z.boolean(),
      comment: none(text(10_000_000)),
    }),
  ),
  config: z.record(z.string(), z.unknown()),
  manifest: none(text(256 * 1024 * 1024)),
  distro: none(
    z.object({
      id: text(200),
      versionId: none(text(200)),
      codename: none(text(200)),
      name: none(text(1000)),
      idLike: z.array(text(200)),
      base: z.object({ id: z.enum(['ubuntu', 'debian']), codename: text(200) }).optional(),
    }),
  ),
  packages: z.array(packageFound),
  details: z.object({
    users: z.array(
      z.object({
        ...{ name: text(65_536), uid: z.number(), gid: z.number(), home: text(65_536), shell: text(65_536) },
        password: z.enum(['none', 'locked', 'empty', 'set']),
      }),
    ),
    privilegedFiles: z.array(z.object({ path: text(65_536), mode: z.int() })),
    secrets: matches,
    contentMatches: matches,
    retrievedFiles: z.array(z.object({ path: text(65_536), content: z.string() })),
    malware: z.array(
      z.object({
        scanner: text(200),
        findings: z.array(z.object({ path: text(65_536), signature: text(65_536) })),
        databases: z.record(text(1000), text(1000)),
      }),
    ),
  }),
  base: none(base),
  notes: z.array(note),
  files: z.int().nonnegative(),
  imported: z.literal(true).optional(),
}) satisfies z.ZodType<Written<ImageReport>>;

/** As zod writes types: what may be left out may be undefined. */
type Written<T> = T extends readonly (infer U)[]
  ? readonly Written<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Written<T[K]> | (undefined extends T[K] ? undefined : never) }
    : T;
