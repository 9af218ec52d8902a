import { formatPurl } from '#core/purl.ts';
import type { FoundPackage } from '../analyzer.ts';

/** A crate as a record of a program or a lock file names it. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  /** The crate that a program was built from. */
  readonly root?: true;
  /** The git repository and commit it was taken from, as package URLs say it. */
  readonly vcsUrl?: string;
  /** A registry other than crates.io. */
  readonly registry?: string;
  readonly requires?: readonly string[];
}

/** What cargo accepts for a name, and the longest that crates.io does, with room (cargo-util-schemas: restricted_names). */
const crateName = /^[\p{XID_Start}_0-9][\p{XID_Continue}_-]{0,127}$/u;
const crateVersion = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,200}$/;

/** Whether these are the name and the version of a crate (semver, all three numbers). */
export function isCrate(name: unknown, version: unknown): boolean {
  return typeof name === 'string' && crateName.test(name) && typeof version === 'string' && crateVersion.test(version);
}

/** The package of a crate found at this evidence; `source` is `root` for the crate that a program was built from. */
export function cratePackage(crate: Crate, evidence: FoundPackage['evidence']): FoundPackage {
  const { name, version, root, vcsUrl, registry, requires } = crate;
  return {
    type: 'cargo',
    name,
    version,
    arch: null,
    source: root ? 'root' : null,
    origin: null,
    purl: formatPurl({
      type: 'cargo',
      name,
      version,
      qualifiers: { vcs_url: vcsUrl ?? null, repository_url: registry ?? null },
    }),
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    ...(requires === undefined ? {} : { requires }),
    evidence,
  };
}
