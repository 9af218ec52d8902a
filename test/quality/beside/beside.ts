import type { Package } from '#core/package.ts';
import type { Finding } from '#schema/finding.ts';
import type { RawRecord } from './raw-record.ts';

/** What an upstream says of a package in an image, and what a reader of its record expects to be found. */
export interface Beside {
  /** os-release's ID and VERSION_ID; none for packages of languages. */
  readonly distro?: readonly [string, string];
  /** The real image that holds it, by the name of its list; left out where the package is only named here. */
  readonly image?: string;
  readonly package: Pick<Package, 'type' | 'name' | 'version'> & Partial<Package>;
  readonly vulnerability: string;
  readonly raw: RawRecord;
  readonly expected: Expected;
}

/** Written by hand, from the upstream's record. */
export type Expected =
  /** The version is one with the mend, or one from before the mistake. */
  | { readonly is: 'fixed' }
  /** Upstream says that it never was. */
  | { readonly is: 'not affected' }
  | { readonly is: 'undecidable' }
  | ({ readonly is: 'affected' } & Partial<
      Pick<Finding, 'state' | 'fixedIn' | 'severity' | 'severitySource' | 'channel' | 'aliases' | 'related'>
    >);
