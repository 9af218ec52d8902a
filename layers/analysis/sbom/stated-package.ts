/** A package as an SBOM states it: nothing of it is looked at yet but where it stands. */
export interface StatedPackage {
  readonly purl: unknown;
  /** Beside the purl, which may have none. */
  readonly version: unknown;
  readonly licenses: readonly unknown[];
  readonly vendor: unknown;
}
