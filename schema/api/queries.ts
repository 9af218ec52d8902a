import * as z from 'zod';
import { severities } from '#core/severity.ts';
import { scores } from './images.ts';
import { flag, list } from './shape.ts';

const text = z.string();
const time = z.string().describe('ISO 8601, UTC, seconds, Z');
const epoch = z.number().int().describe('Seconds since the epoch');
const name = text.max(1024);

const limit = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'give a number from 1 on')
  .transform(Number)
  .optional()
  .meta({ type: 'integer', description: 'Items of a page; without it everything is on the first page' });

/** A number, which is a place and not a count of pages. */
const page = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'give 1 or the next_page of an answer')
  .transform(Number)
  .default(1)
  .meta({ type: 'integer', default: 1, description: '1, then next_page of the answer before' });

const pageAnswer = {
  page: text,
  returned_count: z.number().int(),
  next_page: text.optional().describe('Left out at the end'),
};

export const imagesByPackageQuery = z.object({
  name: name.min(1).describe('As lists of packages show it'),
  version: name.optional(),
  package_type: name.optional().describe('As lists of packages show it: npm, python, java, dpkg, rpm, APKG, ...'),
  page,
  limit,
});

export const imagesByVulnerabilityQuery = z.object({
  vulnerability_id: name.min(1).describe('Any id of the vulnerability'),
  namespace: name.optional().describe('Feed group, as in vulnerabilities of images'),
  affected_package: name.optional().describe('Name of the package'),
  severity: z.enum(severities).optional(),
  vendor_only: flag(true, 'Leave out what the vendor will not fix'),
  page,
  limit,
});

export const vulnerabilitiesQuery = z.object({
  id: list(name, 100).describe('Any ids of vulnerabilities, separated by commas'),
  affected_package: name.optional().describe('As advisories call it: the source package where they speak of sources'),
  affected_package_version: name.optional().describe('Only what affects this version; needs affected_package'),
  namespace: list(name, 100).optional().describe('Feed groups, separated by commas'),
  page: text
    .regex(/^(1|\d{1,12}-.{1,200})$/s, 'give 1 or the next_page of an answer')
    .default('1')
    .describe('1, then next_page of the answer before'),
  limit,
});

export const imageTagsQuery = z.object({
  image_status: list(z.enum(['all', 'active', 'deleting']), 3)
    .optional()
    .describe('active when left out'),
});

const imageReference = z
  .object({
    imageDigest: text,
    imageId: text,
    analyzed_at: time.nullable(),
    tag_history: z.array(
      z
        .object({ registry: text, repo: text, tag: text, fulltag: text, tag_detected_at: time })
        .meta({ id: 'ImageTagEntry' }),
    ),
  })
  .meta({ id: 'ImageReference' });

export const imagesByPackage = z
  .object({
    images: z.array(
      z
        .object({
          image: imageReference,
          packages: z.array(z.object({ name: text, version: text, type: text }).meta({ id: 'PackageReference' })),
        })
        .meta({ id: 'ImageWithPackages' }),
    ),
    ...pageAnswer,
  })
  .meta({ id: 'PaginatedImageList' });

export const imagesByVulnerability = z
  .object({
    images: z.array(
      z
        .object({
          image: imageReference,
          vulnerable_packages: z.array(
            z
              .object({ name: text, version: text, type: text, severity: z.enum(severities), namespace: text })
              .meta({ id: 'VulnerablePackageReference' }),
          ),
        })
        .meta({ id: 'VulnerableImage' }),
    ),
    ...pageAnswer,
  })
  .meta({ id: 'PaginatedVulnerableImageList' });

export const describedVulnerabilities = z
  .object({
    vulnerabilities: z.array(
      z
        .object({
          id: text,
          namespace: text.describe('Feed group'),
          severity: z.enum(severities),
          link: text,
          description: text,
          references: z.array(
            z.object({ source: text, tags: z.array(text), url: text }).meta({ id: 'VulnerabilityReference' }),
          ),
          affected_packages: z.array(
            z
              .object({
                name: text,
                type: text,
                version: text.describe('The version that mends it, else the one that is affected, else the text None'),
                will_not_fix: z.boolean(),
              })
              .meta({ id: 'AffectedPackageReference' }),
          ),
          nvd_data: scores,
          vendor_data: scores,
        })
        .meta({ id: 'StandaloneVulnerability' }),
    ),
    ...pageAnswer,
  })
  .meta({ id: 'PaginatedVulnerabilityList' });

export const imageTags = z.array(
  z
    .object({
      imageDigest: text,
      parentDigest: text,
      imageId: text,
      fulltag: text,
      analysis_status: z.enum(['not_analyzed', 'analyzing', 'analyzed', 'analysis_failed']),
      image_status: z.enum(['active', 'deleting']),
      created_at: epoch,
      analyzed_at: epoch.nullable(),
      tag_detected_at: epoch,
    })
    .meta({ id: 'AnchoreImageTagSummary' }),
);
