import type { Severity } from '#core/severity.ts';
import type { FixState } from '#schema/finding.ts';

/**
 * A stretch of versions of one package that an advisory speaks of, in the words of the upstream; keys are made by the feed engine.
 *
 * Rows are found by name alone. So a package of a modular rpm build (AlmaLinux, Rocky, RHEL 8 and 9) has another name than
 * the same package outside of modules: `MODULE:STREAM/NAME`, `nodejs:18/nodejs`, from the module and stream of the rpm's
 * MODULARITYLABEL. An advisory of one stream then never judges another stream or the package of the base system.
 */
export interface AffectedRange {
  /** Advisory namespace (`alpine:3.9`, `npm`): decides the version scheme. */
  readonly namespace: string;
  /** Package name as this namespace writes it, normalised (PEP 503 for pypi; source or origin name for deb and apk; at most 512 characters). */
  readonly name: string;
  /** First affected version; null from the beginning. */
  readonly introduced: string | null;
  /** First version that is not affected any more; null when there is none. Shown as the mend only where `state` is `fixed`. */
  readonly fixed: string | null;
  /** Last affected version, where upstream says that instead of `fixed`. */
  readonly lastAffected: string | null;
  /** Exactly these versions (OSV `versions`); introduced, fixed and lastAffected are null then. */
  readonly versions?: readonly string[];
  readonly state: FixState;
  /** Where upstream rates this package or release otherwise than the whole record. */
  readonly severity?: Severity;
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
  /** One line, at most 300 characters. */
  readonly title: string | null;
  /** At most 10. */
  readonly urls: readonly string[];
  /** ISO 8601, as upstream says. */
  readonly published: string | null;
  readonly affected: readonly AffectedRange[];
}

/** A record that could not be read: kept aside with its reason, counted, never silently dropped. */
export interface SetAside {
  readonly record: string;
  readonly reason: string;
}
