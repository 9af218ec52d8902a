import * as z from 'zod';
import { packageTypes } from '#core/ecosystem.ts';
import { severities } from '#core/severity.ts';

const packageType = z.enum(packageTypes as [string, ...string[]]);
const text = z.string();
const nullable = text.nullable();

const fixState = z.enum([
  'fixed',
  'not-fixed',
  'wont-fix',
  'deferred',
  'end-of-life',
  'under-investigation',
  'unknown',
]);

const finding = z.object({
  id: text,
  aliases: z.array(text).describe('Other ids of the same vulnerability'),
  related: z.array(text).describe('Ids that belong to it without being the same: the CVEs of an erratum'),
  package: z.object({ type: packageType, name: text, version: text, purl: text }),
  title: nullable,
  severity: z.enum(severities).describe("The vendor's, else another record's, else the NVD's"),
  severitySource: nullable,
  cvss: z.array(
    z.object({ version: z.enum(['2.0', '3.0', '3.1', '4.0']), vector: text, score: z.number(), source: text }),
  ),
  epss: z
    .object({ score: z.number(), percentile: z.number(), date: text })
    .nullable()
    .describe('Probability of exploitation in 30 days (FIRST)'),
  kev: z
    .object({ added: text, due: nullable, ransomware: z.boolean() })
    .nullable()
    .describe('Known to be exploited (CISA)'),
  risk: z
    .number()
    .describe('0 to 100: likelihood of exploitation times impact; at least 75 where it is exploited already'),
  disputed: z.boolean(),
  fixedIn: z.array(text),
  state: fixState,
  channel: nullable.describe('The paid or separate stream in which alone the fix can be had'),
  fixedAt: nullable.describe('When a fix could first be had'),
  firstSeen: nullable.describe('When it was first seen in the image, without a gap since'),
  judgement: z.enum(['affected', 'undecidable']),
  reason: nullable.describe('Why it is undecidable'),
  namespace: text,
  group: text.describe('The feed group that said so'),
  sources: z
    .array(
      z.object({
        id: text,
        group: text,
        severity: z.enum(severities),
        severitySource: nullable,
        fixedIn: nullable,
        state: fixState,
        channel: nullable,
        url: nullable,
      }),
    )
    .describe('Every record that says so'),
  urls: z.array(text),
  layer: nullable,
  paths: z.array(text),
});

const lines = (what: string) =>
  z
    .array(
      z
        .object({
          path: text,
          matches: z
            .array(z.object({ name: text, regex: text, lines: z.array(z.number()).readonly() }).readonly())
            .readonly(),
        })
        .readonly(),
    )
    .readonly()
    .describe(`${what}: line numbers from 0, never the text`);

const details = z
  .object({
    users: z
      .array(
        z
          .object({
            ...{ name: text, uid: z.number(), gid: z.number(), home: text, shell: text },
            password: z.enum(['none', 'locked', 'empty', 'set']).describe('empty: anybody may log in'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Accounts of /etc/passwd'),
    privilegedFiles: z
      .array(z.object({ path: text, mode: z.number() }).readonly())
      .readonly()
      .describe('Files with the setuid or the setgid bit'),
    secrets: lines('Where secrets stand'),
    contentMatches: lines('Where the patterns of --search match'),
    retrievedFiles: z
      .array(z.object({ path: text, content: text.describe('base64') }).readonly())
      .readonly()
      .describe('Files that were to be kept'),
    malware: z
      .array(
        z
          .object({
            scanner: text,
            findings: z.array(z.object({ path: text, signature: text }).readonly()).readonly(),
            databases: z.record(text, text).readonly().describe('Their versions, as far as the scanner tells'),
          })
          .readonly(),
      )
      .readonly()
      .describe('One of each scanner that ran; without findings it found nothing'),
  })
  .readonly();

/** What `plimsoll scan --output json` prints: one object, fields are only ever added. Sizes are bytes, times ISO 8601 UTC. */
export const scanReport = z.object({
  image: z.object({
    reference: text.describe('As it was asked for'),
    digest: nullable.describe('Digest of the image manifest; null for docker archives and folders, which have none'),
    configDigest: nullable,
    platform: text.describe('os/architecture[/variant]'),
    size: z.number().describe('Stored bytes of all layers'),
    layers: z.array(
      z.object({
        digest: nullable.describe('Digest of the stored bytes; null where the source does not name it'),
        diffId: text.describe('Digest of the inflated tar; the name of the layer everywhere in this report'),
        mediaType: text,
        size: z.number(),
        cached: z.boolean().describe('True when the layer was known and not read again'),
      }),
    ),
    base: z
      .object({
        reference: nullable,
        digest: nullable,
        layers: z
          .number()
          .nullable()
          .describe('How many of the layers, from the first, are those of the base; null: not known'),
        by: z
          .enum(['annotation', 'layers'])
          .describe('Whether the image says so, or begins with the layers of an image that was scanned before'),
      })
      .readonly()
      .nullable()
      .describe('The image that it was built on; null when that is not known'),
  }),
  distro: z
    .object({
      id: text,
      versionId: nullable,
      name: nullable,
      namespace: nullable.describe('The advisory namespace its packages are judged in; null when there is none'),
    })
    .nullable(),
  packages: z.array(
    z.object({
      type: packageType,
      name: text,
      version: text,
      arch: nullable,
      source: nullable.describe(
        'deb "name version", rpm the source rpm, apk the origin, golang mod|dep|toolchain, npm root',
      ),
      purl: text,
      paths: z.array(text),
      layer: nullable.describe('diffId of the layer that brought it in'),
      licenses: z.array(text),
    }),
  ),
  details,
  findings: z.array(finding),
  suppressed: z
    .array(
      finding.extend({
        suppressed: z.object({
          rule: text.describe('Name of the rule'),
          reason: text.describe('Why, in one sentence'),
        }),
      }),
    )
    .describe('What would be findings but for a rule: they count for nothing'),
  verdict: z.object({
    action: z.enum(['go', 'warn', 'stop']),
    status: z.enum(['pass', 'fail']),
    actionReason: z
      .enum(['policy_evaluation', 'whitelisted', 'blacklisted'])
      .describe('Whether the rules decided, or an image list of the bundle'),
    mapping: nullable.describe(
      'Name of the mapping that selected the policies; null when none matched and no rule ran',
    ),
    policyId: text,
    reasons: z.array(
      z.object({
        gate: text,
        trigger: text,
        triggerId: text,
        action: z.enum(['go', 'warn', 'stop']),
        message: text,
        allowlisted: z.boolean(),
        policyId: text,
        ruleId: nullable,
      }),
    ),
    problems: z.array(text).describe('Rules that could not be evaluated'),
  }),
  feeds: z.array(
    z.object({
      group: text,
      syncedAt: nullable,
      records: z.number(),
      state: z.enum(['ok', 'stale', 'absent', 'failed', 'never']),
    }),
  ),
  notes: z.array(z.object({ analyzer: text, layer: nullable, path: nullable, problem: text })),
});

export type ScanReport = z.infer<typeof scanReport>;
