import { distroNamespace } from '#core/distro.ts';
import type { JudgedImage } from '#matching/judge-report.ts';
import type { Finding } from '#schema/finding.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { ScanReport } from '#schema/scan-report.ts';
import type { Verdict } from '#schema/verdict.ts';

/** The scan report: what is in an image, what is wrong with it, whether it may ship, and what could not be told. */
export function buildReport(image: ImageReport, judged: JudgedImage, verdict: Verdict): ScanReport {
  return {
    image: {
      reference: image.reference,
      digest: image.digest,
      configDigest: image.configDigest,
      platform: image.platform,
      size: image.size,
      layers: image.layers.map(({ digest, diffId, mediaType, size, cached }) => ({
        digest,
        diffId,
        mediaType,
        size,
        cached,
      })),
      base: image.base,
    },
    distro: image.distro && {
      id: image.distro.id,
      versionId: image.distro.versionId,
      name: image.distro.name,
      namespace: distroNamespace(image.distro),
    },
    packages: image.packages.map(({ type, name, version, arch, source, purl, paths, layer, licenses }) => ({
      ...{ type, name, version, arch, source, purl },
      paths: [...paths],
      layer,
      licenses: [...licenses],
    })),
    details: image.details,
    findings: judged.findings.map(shown),
    suppressed: judged.suppressed.map(({ suppressed, ...finding }) => ({ ...shown(finding), suppressed })),
    verdict: {
      action: verdict.action,
      status: verdict.status,
      actionReason: verdict.actionReason,
      mapping: verdict.matchedMapping?.name ?? null,
      policyId: verdict.policyId,
      reasons: verdict.rows.map((row) => ({
        gate: row.gate,
        trigger: row.trigger,
        triggerId: row.triggerId,
        action: row.action,
        message: row.message,
        allowlisted: row.allowlisted !== null,
        policyId: row.policyId,
        ruleId: row.ruleId,
      })),
      problems: verdict.problems.map((problem) => problem.details),
    },
    feeds: judged.feeds.map(({ group, syncedAt, records, state }) => ({
      group,
      syncedAt: syncedAt === null ? null : new Date(syncedAt).toISOString(),
      records,
      state,
    })),
    notes: [...image.notes, ...judged.notes],
  };
}

/** A finding as the report shows it: times are ISO 8601. */
function shown(finding: Finding): ScanReport['findings'][number] {
  return {
    ...finding,
    aliases: [...finding.aliases],
    related: [...finding.related],
    cvss: finding.cvss.map((one) => ({ ...one })),
    fixedIn: [...finding.fixedIn],
    firstSeen: finding.firstSeen === null ? null : new Date(finding.firstSeen).toISOString(),
    sources: finding.sources.map((one) => ({ ...one })),
    urls: [...finding.urls],
    paths: [...finding.paths],
  };
}
