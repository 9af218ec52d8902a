import * as z from 'zod';
import { flag } from './shape.ts';

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
  autosubscribe: flag(false, 'Accepted for clients of the original'),
});

export const listImagesQuery = z.object({
  fulltag: text.max(1024).optional().describe('registry/repository:tag; the image that it points to'),
  history: flag(false, 'With fulltag: every image that it pointed to'),
  image_status: z.enum(['all', 'active', 'deleting']).default('active'),
  analysis_status: z.enum(['not_analyzed', 'analyzing', 'analyzed', 'analysis_failed']).optional(),
});

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

/** POST /images. Either the flat fields or `source`, never both. */
export const imageAnalysisRequest = z
  .object({
    tag: text.max(1024).optional().describe('Pull string: registry/repository:tag'),
    digest: text.max(1024).optional().describe('repository@sha256:..., or the digest alone beside a tag'),
    dockerfile: base64.optional(),
    created_at: moment.optional().describe('Since when the tag points to the digest; counts with a digest only'),
    annotations: z
      .record(text.max(256), annotation)
      .refine(
        (all) => Buffer.byteLength(JSON.stringify(all)) <= annotationBytes,
        `all annotations together have at most ${annotationBytes} bytes`,
      )
      .optional()
      .describe('Merged; the text null removes one'),
    image_type: z.literal('docker').optional(),
    source: z
      .object({
        tag: z.object({ pullstring: text.max(1024), dockerfile: base64.optional() }).optional(),
        digest: z
          .object({
            pullstring: text.max(1024),
            tag: text.max(1024),
            creation_timestamp_override: moment.optional(),
            dockerfile: base64.optional(),
          })
          .optional(),
      })
      .optional(),
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

export type ImageAnalysisRequest = z.infer<typeof imageAnalysisRequest>;
