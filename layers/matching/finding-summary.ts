import { createHash } from 'node:crypto';
import { ecosystems } from '#core/ecosystem.ts';
import { shownGroup } from '#feeds/shown-feed.ts';
import type { Finding } from '#schema/finding.ts';

/** A vulnerability of a package in a place, with the keys of the original's notices. */
export interface FindingSummary {
  readonly CVE_ID: string;
  readonly Severity: string;
  /** `name-version`. */
  readonly Vulnerable_Package: string;
  /** Versions that mend it, separated by commas, or the text `None`. */
  readonly Fix_Available: string;
  readonly URL: string;
  readonly Package_Name: string;
  readonly Package_Version: string;
  readonly Package_Type: string;
  readonly Feed: string;
  readonly Feed_Group: string;
  /** Where the package lies; `pkgdb` for those of the distribution. */
  readonly Package_Path: string;
}

/** The summaries of findings, each once, in the order of their identities. */
export function findingSummaries(findings: readonly Finding[]): readonly FindingSummary[] {
  const byIdentity = new Map(findings.flatMap(summariesOf).map((summary) => [identityOf(summary), summary]));
  return [...byIdentity].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, summary]) => summary);
}

/** What stays the same while the vulnerability is rated anew or mended. */
export function identityOf(summary: FindingSummary): string {
  const { CVE_ID, Feed_Group, Package_Name, Package_Version, Package_Type, Package_Path } = summary;
  return JSON.stringify([Package_Name, Package_Version, Package_Type, Package_Path, CVE_ID, Feed_Group]);
}

/** What is told when it changes. An address that upstream moved is shown and not told: whole feeds do so at once. */
export function stateOf({ Severity, Fix_Available }: FindingSummary): string {
  return JSON.stringify([Severity, Fix_Available]);
}

/** The same for lists between which nothing is to be told; 64 hex digits. */
export function summariesHash(summaries: readonly FindingSummary[]): string {
  const hash = createHash('sha256');
  for (const summary of summaries) hash.update(`${identityOf(summary)}${stateOf(summary)}\n`);
  return hash.digest('hex');
}

function summariesOf(finding: Finding): readonly FindingSummary[] {
  const { name, version, type } = finding.package;
  const { os, anchore } = ecosystems[type];
  const places = os ? ['pkgdb'] : finding.paths.length === 0 ? ['None'] : finding.paths;
  return places.map((place) => ({
    CVE_ID: finding.id,
    Severity: finding.severity,
    Vulnerable_Package: `${name}-${version}`,
    Fix_Available: finding.fixedIn.length === 0 ? 'None' : finding.fixedIn.join(','),
    URL: finding.urls[0] ?? 'None',
    Package_Name: name,
    Package_Version: version,
    Package_Type: anchore,
    Feed: 'vulnerabilities',
    Feed_Group: shownGroup(finding.namespace),
    Package_Path: place,
  }));
}
