import type { PackageType } from '#core/ecosystem.ts';
import type { Severity } from '#core/severity.ts';

/**
 * How a vulnerability stands towards a fix. `deferred`: it will be mended some day (postponed, no-dsa); `end-of-life`: the
 * release or package gets no fixes any more; `under-investigation`: upstream does not know yet whether it is affected.
 */
export type FixState =
  | 'fixed'
  | 'not-fixed'
  | 'wont-fix'
  | 'deferred'
  | 'end-of-life'
  | 'under-investigation'
  | 'unknown';

/** A CVSS vector with its base score, and who gave it. */
export interface Cvss {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  readonly vector: string;
  /** 0.0 to 10.0; as upstream says, else computed from the vector. */
  readonly score: number;
  /** `nvd`, `redhat`, `github`, an NVD source's domain, ... */
  readonly source: string;
}

/** One record that says the vulnerability of the package. */
export interface FindingSource {
  readonly id: string;
  /** The feed group it came from, as in `feeds`. */
  readonly group: string;
  readonly severity: Severity;
  readonly severitySource: string | null;
  /** The version that mends it, null when there is none. */
  readonly fixedIn: string | null;
  readonly state: FixState;
  readonly channel: string | null;
  readonly url: string | null;
}

/** One vulnerability of one package of an image; records of the same vulnerability under several ids are one finding. */
export interface Finding {
  /** The id shown first: the distribution's own for its packages; GHSA, then CVE, then the database's own for languages. */
  readonly id: string;
  /** Every other id of the same vulnerability, sorted. */
  readonly aliases: readonly string[];
  /** Ids that belong to it without being the same (the CVEs of an erratum), sorted: one of them alone does not excuse it. */
  readonly related: readonly string[];
  readonly package: {
    readonly type: PackageType;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
  };
  /** One line, as the first source that has one says it. */
  readonly title: string | null;
  /** Of the record that gave the id, else of another record, else of the NVD: the vendor comes first. */
  readonly severity: Severity;
  /** Who rated it (`debian`, `osv:GHSA CVSS_V3`, `nvd`, ...); null when nobody did. */
  readonly severitySource: string | null;
  /** Every vector that is known, those of the records first, then the NVD's; at most 20. */
  readonly cvss: readonly Cvss[];
  /** FIRST's EPSS: probability of exploitation in 30 days and its percentile, both 0 to 1, and the date of the score. */
  readonly epss: { readonly score: number; readonly percentile: number; readonly date: string } | null;
  /** CISA's catalogue of known exploited vulnerabilities: dates of entry and of when it is to be mended. */
  readonly kev: { readonly added: string; readonly due: string | null; readonly ransomware: boolean } | null;
  /** 0 to 100, one decimal: layers/matching/risk.ts says how. */
  readonly risk: number;
  /** Somebody who should know says that it is no vulnerability. */
  readonly disputed: boolean;
  /** Versions that mend it, in the order of the scheme; empty when there is none. */
  readonly fixedIn: readonly string[];
  readonly state: FixState;
  /** The paid or separate stream in which alone the fix can be had (`esm-infra`, `eus`); null: everybody can have it. */
  readonly channel: string | null;
  /** ISO 8601 date on which a fix could first be had, where it is known. */
  readonly fixedAt: string | null;
  /** When it was first seen in the image without a gap since, milliseconds since the epoch; null where nobody asked. */
  readonly firstSeen: number | null;
  /** `undecidable`: an advisory names the package, but the versions cannot be compared; `reason` says why. */
  readonly judgement: 'affected' | 'undecidable';
  readonly reason: string | null;
  /** Advisory namespace: `alpine:3.20`, `npm`, ... */
  readonly namespace: string;
  /** Feed group the record came from, as in `feeds`. */
  readonly group: string;
  /** Every record that says so, the one that gave the id first; at most 20. */
  readonly sources: readonly FindingSource[];
  readonly urls: readonly string[];
  readonly layer: string | null;
  readonly paths: readonly string[];
}

/** What would be a finding, but for a rule: it is shown apart, counts for nothing, and says why. */
export interface SuppressedFinding extends Finding {
  readonly suppressed: {
    /** Name of the rule: layers/matching/rules.ts. */
    readonly rule: string;
    readonly reason: string;
  };
}
