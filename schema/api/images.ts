import * as z from 'zod';
import { flag, list } from './shape.ts';

const time = z.string().describe('ISO 8601, UTC, seconds, Z');
const text = z.string();
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const base64 = z
  .string()
  .max(1_000_000)
  .regex(/^[a-zA-Z0-9+/=\s]+$/, 'give base64')
  .describe('base64');
/** RFC 3339, which asks for seconds and an offset. */
const moment = z.iso.datetime({ offset: true });
const annotation = text.max(4096);

/** Bytes of all annotations of an image, as JSON. */
export const annotationBytes = 8192;

export const addImageQuery = z.object({
  force: flag(false, 'Analyse again'),
  autosubscribe: flag(false, 'Watch the tag: when it moves, what it points to is added'),
});

export const listImagesQuery = z.object({
  fulltag: text.max(1024).optional().describe('registry/repository:tag; the image that it points to'),
  history: flag(false, 'With fulltag: every image that it pointed to'),
  image_status: z.enum(['all', 'active', 'deleting']).default('active'),
  analysis_status: z.enum(['not_analyzed', 'analyzing', 'analyzed', 'analysis_failed']).optional(),
  platform: text.max(100).optional().describe('os/architecture[/variant] of an image, beyond the original'),
});

export const deleteImageQuery = z.object({
  force: flag(
    false,
    'Also what is analyzed just now, and the newest of a tag with subscriptions, which are switched off',
  ),
});

export const deleteImagesQuery = deleteImageQuery.extend({ imageDigests: list(text.max(1024), 1000) });

export const imageDeletion = z
  .object({ digest: text, status: z.enum(['deleting', 'delete_failed', 'not_found']), detail: text })
  .meta({ id: 'DeleteImageResponse' });

export const imageDeletions = z.array(imageDeletion);

export const vulnerabilitiesQuery = z.object({
  vendor_only: flag(true, 'Leave out what the vendor will not fix'),
});

export const checkQuery = z.object({
  tag: text.min(1).max(1024).describe('The tag to evaluate the image under'),
  policyId: text.max(4096).optional().describe('Another bundle than the active one'),
  detail: flag(true, 'With the rows and the bundle'),
  history: flag(false, 'Every verdict that was stored, newest first'),
  interactive: flag(false, 'Evaluate without storing'),
});

const uploaded = text.regex(/^(sha256:)?[0-9a-fA-F]{64}$/).describe('sha256 of what was uploaded');

/** How an import operation ends (`source.import`): what was uploaded for it, by digest, and what the image is called. */
export const imageImport = z
  .object({
    operation_uuid: text.max(100),
    digest: text.max(1024),
    parent_digest: text.max(1024).nullish(),
    local_image_id: text.max(1024).nullish(),
    tags: z.array(text.max(1024)).min(1).max(100),
    contents: z.object({
      packages: uploaded,
      manifest: uploaded.nullish(),
      image_config: uploaded.nullish(),
      dockerfile: uploaded.nullish(),
      parent_manifest: uploaded.nullish(),
    }),
  })
  .meta({ id: 'ImageImportManifest' });

/** POST /images. Either the flat fields or `source`, never both. */
export const imageAnalysisRequest = z
  .object({
    tag: text.max(1024).nullish().describe('Pull string: registry/repository:tag'),
    digest: text.max(1024).nullish().describe('repository@sha256:..., or the digest alone beside a tag'),
    dockerfile: base64.nullish(),
    created_at: moment.nullish().describe('Since when the tag points to the digest; counts with a digest only'),
    annotations: z
      .record(text.max(256), annotation)
      .refine(
        (all) => Buffer.byteLength(JSON.stringify(all)) <= annotationBytes,
        `all annotations together have at most ${annotationBytes} bytes`,
      )
      .nullish()
      .describe('Merged; the text null removes one'),
    image_type: z.literal('docker').nullish(),
    source: z
      .object({
        tag: z.object({ pullstring: text.max(1024), dockerfile: base64.nullish() }).nullish(),
        digest: z
          .object({
            pullstring: text.max(1024),
            tag: text.max(1024),
            creation_timestamp_override: moment.nullish(),
            dockerfile: base64.nullish(),
          })
          .nullish(),
        archive: z
          .object({ digest: text.regex(/^sha256:[0-9a-fA-F]{64}$/) })
          .nullish()
          .describe('An image of the archive, to be restored'),
        import: imageImport.nullish().describe('What was uploaded for an import operation'),
      })
      .nullish(),
  })
  .meta({ id: 'ImageAnalysisRequest' });

export const imageDetail = z
  .object({
    registry: text,
    repo: text,
    tag: text,
    digest: text,
    imageDigest: text,
    imageId: text,
    userId: text,
    fulltag: text,
    fulldigest: text,
    dockerfile: text.nullable(),
    created_at: time,
    last_updated: time,
    tag_detected_at: time,
  })
  .meta({ id: 'ImageDetail' });

export const image = z
  .object({
    imageDigest: digest,
    parentDigest: digest,
    userId: text,
    image_type: z.literal('docker'),
    platform: text.describe('os/architecture[/variant]'),
    annotations: z.record(text, text),
    image_status: z.enum(['active', 'deleting']),
    analysis_status: z.enum(['not_analyzed', 'analyzing', 'analyzed', 'analysis_failed']),
    analysis_status_detail: text.nullable().describe('Why the analysis failed'),
    created_at: time,
    last_updated: time,
    analyzed_at: time.nullable(),
    removed_at: time.nullable().describe('Since when its registry does not have it any more'),
    image_content: z.object({
      metadata: z.object({
        arch: text.nullable(),
        distro: text.nullable(),
        distro_version: text.nullable(),
        dockerfile_mode: z.enum(['Actual', 'Guessed']).nullable(),
        image_size: z.number().nullable(),
        layer_count: z.number().nullable(),
      }),
    }),
    image_detail: z.array(imageDetail),
  })
  .meta({ id: 'AnchoreImage' });

export const images = z.array(image);

export const imageContent = z
  .object({
    imageDigest: digest,
    content_type: text,
    content: z
      .union([z.array(z.record(text, z.unknown())), text])
      .describe('A list of packages or files; one text in base64 for manifest, docker_history and dockerfile'),
  })
  .meta({ id: 'ContentResponse' });

export const imageMetadata = z
  .object({ imageDigest: digest, metadata_type: text, metadata: text.describe('base64') })
  .meta({ id: 'MetadataResponse' });

export const metadataTypes = z.array(z.enum(['manifest', 'docker_history', 'dockerfile']));

export const retrievedFiles = z.array(
  z.object({ path: text, b64_content: text.describe('base64') }).meta({ id: 'RetrievedFile' }),
);

export const textMatches = z.array(
  z
    .object({
      path: text,
      matches: z.array(
        z
          .object({ name: text, regex: text, lines: z.array(z.number().int()).describe('From 0') })
          .meta({ id: 'RegexContentMatch' }),
      ),
    })
    .meta({ id: 'SecretSearchResult' }),
);

const cvss = z.object({ base_score: z.number(), exploitability_score: z.number(), impact_score: z.number() });
/** Scores of one source under the id that it rates. */
export const scores = z.array(z.object({ id: text, cvss_v2: cvss, cvss_v3: cvss }));

export const vulnerability = z
  .object({
    vuln: text,
    severity: z.enum(['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical']),
    url: text,
    fix: text.describe('Versions joined by a comma, or the text None'),
    package: text,
    package_name: text,
    package_version: text,
    package_type: text,
    package_cpe: text,
    package_cpe23: text,
    package_path: text.nullable(),
    feed: text,
    feed_group: text,
    will_not_fix: z.boolean(),
    nvd_data: scores,
    vendor_data: scores,
    judgement: z
      .enum(['affected', 'undecidable'])
      .describe('undecidable: an advisory names it, versions cannot be compared'),
  })
  .meta({ id: 'Vulnerability' });

export const imageVulnerabilities = z
  .object({
    imageDigest: digest,
    vulnerability_type: text,
    vulnerabilities: z.array(vulnerability),
  })
  .meta({ id: 'VulnerabilityResponse' });

export const vulnerabilityTypes = z.array(z.enum(['os', 'non-os', 'all']));

export const contentTypes = z.array(text);

export const policyEvaluations = z.array(
  z.record(
    digest,
    z.record(
      text,
      z.array(
        z.object({
          policyId: text,
          status: z.enum(['pass', 'fail']),
          last_evaluation: time,
          detail: z.record(text, z.unknown()),
        }),
      ),
    ),
  ),
);

export type ImageImport = z.infer<typeof imageImport>;

export type ImageAnalysisRequest = z.infer<typeof imageAnalysisRequest>;
