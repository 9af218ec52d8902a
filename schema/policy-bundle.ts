import * as z from 'zod';

/** The only version of bundles, policies and whitelists that exists. */
export const bundleVersion = '1_0';

/** Bounds of a bundle from outside; a document over one of them is refused whole. */
export const bundleLimits = {
  /** Nesting of objects and lists. */
  depth: 64,
  /** Values in the whole document. */
  values: 1_000_000,
  /** Characters of all texts and keys together. */
  characters: 8 * 1024 * 1024,
  policies: 1_000,
  rules: 5_000,
  parameters: 200,
  whitelists: 1_000,
  items: 100_000,
  mappings: 10_000,
  images: 10_000,
  /** Characters of an id, a name or a pattern. */
  name: 4_096,
  /** Characters of a parameter's value. */
  value: 256 * 1024,
} as const;

const name = z.string().max(bundleLimits.name);
const note = z.string().nullish();

export const bundleActions = ['GO', 'WARN', 'STOP'] as const;

const rule = z.looseObject({
  id: name.nullish(),
  gate: name,
  trigger: name,
  action: z.enum(bundleActions),
  params: z
    .array(
      z.looseObject({ name, value: z.string().max(bundleLimits.value).nullable().describe('Always a JSON string') }),
    )
    .max(bundleLimits.parameters)
    .nullish(),
});

const policy = z.looseObject({
  id: name,
  version: name,
  name: note,
  comment: note,
  rules: z.array(rule).max(bundleLimits.rules).nullish(),
});

const whitelistItem = z.looseObject({
  id: name.nullish(),
  gate: name,
  trigger_id: name,
  expires_on: name.nullish().describe('YYYY-MM-DDTHH:MM:SSZ; from this moment on the item does not count'),
});

const whitelist = z.looseObject({
  id: name,
  version: name,
  name: note,
  comment: note,
  items: z.array(whitelistItem).max(bundleLimits.items).nullish(),
});

const imageReference = z.looseObject({ type: z.enum(['tag', 'digest', 'id']), value: name });

const imageSelection = z.looseObject({
  id: name.nullish(),
  name,
  registry: name,
  repository: name,
  image: imageReference,
});

const mapping = z.looseObject({
  ...imageSelection.shape,
  policy_id: name.nullish(),
  policy_ids: z.array(name).max(bundleLimits.policies).nullish(),
  whitelist_ids: z.array(name).max(bundleLimits.whitelists).nullish(),
});

/**
 * A policy bundle as Anchore Engine writes it: which policies and whitelists hold for which images. Keys that are not
 * named here are kept as they are.
 */
export const policyBundle = z.looseObject({
  id: name,
  version: name,
  name: note,
  comment: note,
  policies: z.array(policy).max(bundleLimits.policies),
  mappings: z.array(mapping).max(bundleLimits.mappings),
  whitelists: z.array(whitelist).max(bundleLimits.whitelists).nullish(),
  whitelisted_images: z.array(imageSelection).max(bundleLimits.images).nullish(),
  blacklisted_images: z.array(imageSelection).max(bundleLimits.images).nullish(),
});

export type PolicyBundle = z.infer<typeof policyBundle>;
export type Policy = z.infer<typeof policy>;
export type PolicyRule = z.infer<typeof rule>;
export type Whitelist = z.infer<typeof whitelist>;
export type WhitelistItem = z.infer<typeof whitelistItem>;
export type ImageSelection = z.infer<typeof imageSelection>;
export type MappingRule = z.infer<typeof mapping>;
