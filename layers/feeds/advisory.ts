import type { Severity } from '#core/severity.ts';
import type { Cvss, FixState } from '#schema/finding.ts';

export type { Cvss };

/**
 * A stretch of versions of one package that an advisory speaks of, in the words of the upstream; keys are made by the feed engine.
 *
 * Rows are found by name alone. So a package of a modular rpm build (AlmaLinux, Rocky, RHEL 8 and 9) has another name than
 * the same package outside of modules: `MODULE:STREAM/NAME`, `nodejs:18/nodejs`, from the module and stream of the rpm's
 * MODULARITYLABEL. An advisory of one stream then never judges another stream or the package of the base system.
 *
 * Rpms are judged by the names of binary packages and by those of their source packages: an upstream that speaks of source rpms
 * (Red Hat of what has no fix yet, Bodhi of builds) writes `NAME.src`, `MODULE:STREAM/NAME.src` in a module, with the source's versions.
 */
export interface AffectedRange {
  /** Advisory namespace (`alpine:3.9`, `npm`): decides the version scheme. */
  readonly namespace: string;
  /** Package name as this namespace writes it, normalised (PEP 503 for pypi; source or origin name for deb and apk; at most 512 characters). */
  readonly name: string;
  /** First affected version; null from the beginning. */
  readonly introduced: string | null;
  /** The version that all affected ones are above, where upstream says that instead of `introduced`. */
  readonly introducedAfter?: string;
  /** First version that is not affected any more; null when there is none. Shown as the mend only where `state` is `fixed`. */
  readonly fixed: string | null;
  /** Last affected version, where upstream says that instead of `fixed`. */
  readonly lastAffected: string | null;
  /** Exactly these versions (OSV `versions`); introduced, fixed and lastAffected are null then. */
  readonly versions?: readonly string[];
  readonly state: FixState;
  /**
   * What upstream says of versions in the stretch; affected when left out. `not-affected` is a verdict of its own (Alpine's
   * fix in version 0, VEX `known_not_affected`, a rebuild that says from which version it is clean): it beats whatever else
   * says the same vulnerability of the same package or of files that the package owns.
   */
  readonly verdict?: 'affected' | 'not-affected';
  /** Where upstream rates this package or release otherwise than the whole record. */
  readonly severity?: Severity;
  /** The paid or separate stream in which alone `fixed` can be had (`esm-infra`, `esm-apps`, `eus`, `ltss`); left out: everybody can. */
  readonly channel?: string;
  /** When the fix could first be had, ISO 8601 date. */
  readonly fixedAt?: string;
  /** The stretch speaks only of packages that meet all of these. */
  readonly only?: AffectedOnly;
}

/** What a name and a version do not tell. Each is met by a package of which it is not known; a list by any of its items. */
export interface AffectedOnly {
  /** CPE target software, as NVD writes it: `node.js`, `python`, `wordpress`. */
  readonly targetSoftware?: readonly string[];
  /** Where the package came from: topics of Amazon Linux extras, repository ids. */
  readonly repositories?: readonly string[];
  /** Architectures as the package manager writes them. */
  readonly arch?: readonly string[];
}

/** One record of a feed: what an upstream says of one vulnerability. */
export interface Advisory {
  /** Unique in the feed group; at most 300 characters. */
  readonly record: string;
  /** The vulnerability's id as this upstream calls it. */
  readonly id: string;
  /** Other ids of the same vulnerability: findings that share an id or alias are joined. At most 50. */
  readonly aliases: readonly string[];
  /** Ids that belong to it without being the same (CVEs of an erratum): shown, never joined on. At most 200. */
  readonly related: readonly string[];
  readonly severity: Severity;
  readonly severitySource: string | null;
  /** Vectors that the record carries, its own source's first; at most 10. */
  readonly cvss?: readonly Cvss[];
  /** Somebody who should know says that this is no vulnerability: found all the same, and marked. */
  readonly disputed?: boolean;
  /** One line, at most 300 characters. */
  readonly title: string | null;
  /** At most 10. */
  readonly urls: readonly string[];
  /** ISO 8601, as upstream says. */
  readonly published: string | null;
  readonly affected: readonly AffectedRange[];
}

/**
 * What an upstream knows of a vulnerability or of a release without saying which packages have it: kept by record like an
 * advisory, found by `about`.
 */
export interface Enrichment {
  /** Unique in the feed group; at most 300 characters. */
  readonly record: string;
  /** A vulnerability's id (`CVE-2021-44228`), or an advisory namespace (`debian:10`) for `lifecycle`. */
  readonly about: string;
  readonly facts: EnrichmentFacts;
}

export type EnrichmentFacts =
  | {
      readonly kind: 'rating';
      readonly source: string;
      readonly severity: Severity;
      readonly cvss: readonly Cvss[];
      readonly title: string | null;
      /** ISO 8601. */
      readonly published: string | null;
      /** `rejected`: it is no vulnerability (any more); findings under this id alone are dropped. */
      readonly status: 'valid' | 'disputed' | 'rejected';
      readonly cwes: readonly string[];
    }
  /** FIRST's EPSS: probability of exploitation in 30 days and its percentile, both 0 to 1, and the day since which they stand. */
  | { readonly kind: 'epss'; readonly score: number; readonly percentile: number; readonly date: string }
  /** CISA's catalogue of known exploited vulnerabilities; ISO dates. */
  | { readonly kind: 'kev'; readonly added: string; readonly due: string | null; readonly ransomware: boolean }
  /** endoflife.date: ISO dates; null: none is set. */
  | {
      readonly kind: 'lifecycle';
      readonly endOfLife: string | null;
      /** When paid support ends (LTS, ESM, ELS). */
      readonly endOfExtendedSupport: string | null;
      readonly latest: string | null;
    };

/** Upstream does not have this record any more: in answers that name changes only (see `Fetched.complete`). */
export interface Removed {
  readonly record: string;
  readonly removed: true;
}

/** Whatever a feed may say of a record. */
export type FeedRecord = Advisory | Enrichment | Removed | SetAside;

/** A record that could not be read: kept aside with its reason, counted, never silently dropped. */
export interface SetAside {
  readonly record: string;
  readonly reason: string;
}
