import * as z from 'zod';
import { flag } from './shape.ts';

const text = z.string();
const time = z.string().describe('RFC 3339, UTC, Z');
const digest = text.regex(/^sha256:[0-9a-f]{64}$/);
const annotations = z.record(text, text);

/** POST /archives/images: which images. */
export const imageReferences = z
  .array(text.regex(/^sha256:[a-fA-F0-9]{64}$/, 'give digests, as sha256:...'))
  .min(1, 'give 1 to 100 digests')
  .max(100, 'give 1 to 100 digests')
  .meta({ id: 'ImageAnalysisReferences' });

export const archiveResults = z.array(
  z
    .object({
      digest: text,
      status: z.enum(['archived', 'archiving', 'error']),
      detail: text.describe('Why it failed, or what becomes of it'),
    })
    .meta({ id: 'AnalysisArchiveAddResult' }),
);

export const deleteArchivedQuery = z.object({
  force: flag(false, 'Also one that is being archived'),
});

export const archivedImage = z
  .object({
    imageDigest: digest,
    parentDigest: digest,
    annotations,
    status: z.enum(['archiving', 'archived', 'deleting', 'deleted']),
    analyzed_at: time,
    archive_size_bytes: z.number().int().describe('0 until it is stored'),
    image_detail: z.array(
      z
        .object({
          ...{ pullstring: text, registry: text, repository: text, tag: text },
          ...{ detected_at: time, created_at: time, last_updated: time },
        })
        .meta({ id: 'TagEntry' }),
    ),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'ArchivedAnalysis' });

export const archivedImages = z.array(archivedImage);

const pattern = text.max(512);

const selector = z.object({ registry: pattern, repository: pattern, tag: pattern });

const partialSelector = z.object({
  registry: pattern.optional(),
  repository: pattern.optional(),
  tag: pattern.optional(),
});

const days = z.int().min(-1).max(100_000);

/** POST /archives/rules. What the server sets itself is read over. */
export const archiveRuleRequest = z
  .object({
    selector: partialSelector.nullish().describe('Which tags, with * for any text; each field * when left out'),
    exclude: z
      .object({
        selector: partialSelector.nullish().describe('Which tags not, with *, ? and [...]; none when a field is empty'),
        expiration_days: days.nullish().describe('Until an image is this old; -1: for ever'),
      })
      .nullish(),
    transition: z.enum(['archive', 'delete']),
    analysis_age_days: days
      .nullish()
      .describe('Older than this, since the analysis or, to delete, since it was archived'),
    tag_versions_newer: z.int().min(-1).max(1_000_000).nullish().describe('This many newer images of the tag'),
    system_global: z.boolean().nullish().describe('For every account; administrators alone'),
    max_images_per_account: z
      .int()
      .min(1)
      .max(2_000_000_000)
      .nullish()
      .describe('The oldest images above this number; global rules alone, and only one'),
  })
  .meta({ id: 'AnalysisArchiveTransitionRuleRequest' });

export type ArchiveRuleRequest = z.infer<typeof archiveRuleRequest>;

export const archiveRule = z
  .object({
    rule_id: text,
    selector,
    exclude: z.object({ selector, expiration_days: z.number().int() }),
    analysis_age_days: z.number().int(),
    tag_versions_newer: z.number().int(),
    transition: z.enum(['archive', 'delete']),
    system_global: z.boolean(),
    max_images_per_account: z.number().int().nullable(),
    created_at: time,
    last_updated: time,
  })
  .meta({ id: 'AnalysisArchiveTransitionRule' });

export const archiveRules = z.array(archiveRule);

export const listRulesQuery = z.object({
  system_global: flag(true, 'With the rules for every account'),
});

export const archiveSummary = z
  .object({
    images: z.object({
      ...{ total_image_count: z.number().int(), total_tag_count: z.number().int() },
      ...{ total_data_bytes: z.number().int(), last_updated: time.nullable() },
    }),
    rules: z.object({ count: z.number().int(), last_updated: time.nullable() }),
  })
  .meta({ id: 'ArchiveSummary' });
