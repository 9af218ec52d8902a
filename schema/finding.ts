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
  readonly severity: Severity;
  /** Who rated it (`debian`, `osv:GHSA CVSS_V3`, ...); null when nobody did. */
  readonly severitySource: string | null;
  /** Versions that mend it, in the order of the scheme; empty when there is none. */
  readonly fixedIn: readonly string[];
  readonly state: FixState;
  /** `undecidable`: an advisory names the package, but the versions cannot be compared; `reason` says why. */
  readonly judgement: 'affected' | 'undecidable';
  readonly reason: string | null;
  /** Advisory namespace: `alpine:3.20`, `npm`, ... */
  readonly namespace: string;
  /** Feed group the record came from, as in `feeds`. */
  readonly group: string;
  readonly urls: readonly string[];
  readonly layer: string | null;
  readonly paths: readonly string[];
}
