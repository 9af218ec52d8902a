/**
 * A definition of an OVAL document (https://oval.mitre.org/language/version5.11): what it says of itself, and the packages
 * that its criteria speak of. Texts are as upstream writes them; what is not there is null or empty.
 */
export interface OvalDefinition {
  /** `oval:com.oracle.elsa:def:20070057`. */
  readonly id: string;
  /** `patch`, `vulnerability`, ... */
  readonly class: string;
  readonly title: string;
  readonly platforms: readonly string[];
  readonly references: readonly OvalReference[];
  readonly severity: string | null;
  /** Dates of the advisory, as written. */
  readonly issued: string | null;
  readonly updated: string | null;
  readonly cves: readonly OvalCve[];
  /** Where Red Hat says in which state it leaves components: `Will not fix`. */
  readonly resolutions: readonly { readonly state: string; readonly components: readonly string[] }[];
  readonly cpes: readonly string[];
  /** Elements of the metadata that only one upstream has (`patchable`, `advisory_date`), by name. */
  readonly extra: Readonly<Record<string, string>>;
  readonly packages: readonly OvalPackage[];
}

export interface OvalReference {
  readonly source: string;
  readonly id: string;
  readonly url: string;
}

export interface OvalCve {
  /** The text of the element: usually the id. */
  readonly text: string;
  readonly url: string;
  /** `7.8/CVSS:3.1/AV:L/...`. */
  readonly cvss3: string | null;
  readonly cvss2: string | null;
  readonly impact: string | null;
  /** `20230220`. */
  readonly published: string | null;
}

/**
 * A package that makes a definition true, and what else has to be: all of `tests` of its version, and each list of
 * conditions by one of its items.
 */
export interface OvalPackage {
  readonly name: string;
  /** Empty: it is enough that it is installed. */
  readonly tests: readonly OvalVersionTest[];
  /** A pattern of architectures as written: `(aarch64|x86_64)`. */
  readonly arch: string | null;
  /** Of which at least one has to be installed, as the criteria call them: `Oracle Linux 8`; empty: none is asked for. */
  readonly products: readonly string[];
  /** `virt:kvm_utils`, where the stream of a module has to be enabled. */
  readonly module: string | null;
  /** What the criteria ask for beyond that, in their own words: `kernel is currently running`, `openssl is ksplice-based`. */
  readonly conditions: readonly string[];
}

export interface OvalVersionTest {
  /** `evr` has epoch, version and release; `version` only that (SUSE says 'not affected' by version 0). */
  readonly of: 'evr' | 'version';
  readonly operation: OvalOperation;
  readonly value: string;
}

export type OvalOperation =
  | 'equals'
  | 'not equal'
  | 'less than'
  | 'less than or equal'
  | 'greater than'
  | 'greater than or equal'
  | 'pattern match';
