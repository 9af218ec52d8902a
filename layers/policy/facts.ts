import type { JudgedImage } from '#matching/judge-report.ts';
import type { Finding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { Facts } from './gate.ts';

/** What the evaluator needs beside the image and its judgement. */
export interface Circumstances {
  readonly tag: string;
  /** Text of the Dockerfile that came with the image. */
  readonly dockerfile: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Since when the image is known: no finding was seen in it before. */
  readonly knownSince: number;
  /** What the image was built on, as the account's images tell it; left out: as it states itself. */
  readonly base?: Facts['base'];
  /** What rules asked for; null where none did. */
  readonly files?: Facts['files'];
  readonly fileChecks?: Facts['fileChecks'];
}

/** The facts of a judged image for the evaluator. */
export function factsOf(
  image: ImageReport,
  judged: JudgedImage,
  { tag, dockerfile, now, knownSince, base = image.base, files = null, fileChecks = null }: Circumstances,
): Facts {
  return {
    image,
    tag,
    findings: judged.findings.map((finding) => ({
      ...finding,
      firstSeen: finding.firstSeen ?? knownSince,
      fixSeen: fixSeen(finding),
    })),
    distroFeeds: judged.distroFeeds.map(({ group, syncedAt, records }) => ({
      group,
      namespace: judged.distroNamespace ?? '',
      syncedAt,
      records,
    })),
    lifecycle: judged.lifecycle,
    base,
    notes: [...image.notes, ...judged.notes],
    dockerfile,
    files,
    fileChecks,
    published: { npm: null, gem: null },
    knownSince,
    now,
  };
}

/** The date on which a fix could first be had; feeds that do not tell it leave its age unknown. */
function fixSeen({ fixedAt }: Finding): number | null {
  const at = fixedAt === null ? Number.NaN : Date.parse(fixedAt);
  return Number.isNaN(at) ? null : at;
}
