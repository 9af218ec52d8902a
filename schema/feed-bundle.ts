import { z } from 'zod';
import { severities } from '#core/severity.ts';

/**
 * A bundle carries feed groups to a machine without a network: one JSON line a record, zstd-compressed. First a `head`, then for
 * each group a `group`, its records and its `end`, last a `bundle-end` without which the file is cut off. Records are in the words of
 * the contract (layers/feeds/advisory.ts): whoever reads them makes keys by rules of its own. Digests are of lines with their newline.
 */
const text = z.string();
const nullable = text.nullable();
const count = z.number().int().min(0);
const sha256 = text.regex(/^[0-9a-f]{64}$/);

export const bundleHead = z.object({
  kind: z.literal('head'),
  format: z.literal(1),
  /** Milliseconds since the epoch. */
  made: count,
  plimsoll: text,
  groups: z.array(z.object({ feed: text, group: text })).max(1000),
});

export const bundleGroup = z.object({
  kind: z.literal('group'),
  feed: text,
  group: text,
  /** Feed.version that read the records, and when upstream was asked for them (milliseconds since the epoch). */
  feedVersion: count,
  at: count,
  mark: z.record(text, text),
  missing: z.array(text),
});

export const bundleEnd = z.object({
  kind: z.literal('end'),
  records: count,
  /** Of the lines of the group's records. */
  sha256,
});

export const bundleTail = z.object({
  kind: z.literal('bundle-end'),
  /** Of all lines before this one. */
  sha256,
});

const severity = z.enum(severities);
const state = z.enum(['fixed', 'not-fixed', 'wont-fix', 'deferred', 'end-of-life', 'under-investigation', 'unknown']);
const items = z.array(text);

const cvss = z.object({ version: z.enum(['2.0', '3.0', '3.1', '4.0']), vector: text, score: z.number(), source: text });

const affected = z.object({
  namespace: text,
  name: text,
  introduced: nullable,
  introducedAfter: text.exactOptional(),
  fixed: nullable,
  lastAffected: nullable,
  versions: items.exactOptional(),
  state,
  verdict: z.enum(['affected', 'not-affected']).exactOptional(),
  severity: severity.exactOptional(),
  channel: text.exactOptional(),
  fixedAt: text.exactOptional(),
  only: z
    .object({
      targetSoftware: items.exactOptional(),
      repositories: items.exactOptional(),
      arch: items.exactOptional(),
    })
    .exactOptional(),
});

const advisory = z.object({
  record: text,
  id: text,
  aliases: items,
  related: items,
  severity,
  severitySource: nullable,
  cvss: z.array(cvss).exactOptional(),
  disputed: z.boolean().exactOptional(),
  title: nullable,
  urls: items,
  published: nullable,
  affected: z.array(affected),
});

const enrichment = z.object({
  record: text,
  about: text,
  facts: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('rating'),
      source: text,
      severity,
      cvss: z.array(cvss),
      title: nullable,
      published: nullable,
      status: z.enum(['valid', 'disputed', 'rejected']),
      cwes: items,
    }),
    z.object({ kind: z.literal('epss'), score: z.number(), percentile: z.number(), date: text }),
    z.object({ kind: z.literal('kev'), added: text, due: nullable, ransomware: z.boolean() }),
    z.object({
      kind: z.literal('lifecycle'),
      endOfLife: nullable,
      endOfExtendedSupport: nullable,
      latest: nullable,
    }),
  ]),
});

const setAside = z.object({ record: text, reason: text });

/** A line with the record that it holds. */
export const bundleRecord = z.union([z.object({ advisory }), z.object({ enrichment }), z.object({ aside: setAside })]);

export type BundleHead = z.infer<typeof bundleHead>;
export type BundleGroup = z.infer<typeof bundleGroup>;
export type BundleRecord = z.infer<typeof bundleRecord>;
