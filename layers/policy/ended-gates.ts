/**
 * Gates that the original has retired: a bundle that uses one is refused with EndOfLifedError. The value is the gate that
 * took its place, null where there is none.
 */
export const endedGates: Readonly<Record<string, string | null>> = {
  anchoresec: 'vulnerabilities',
  dockerfilecheck: 'dockerfile',
  filecheck: 'files',
  fileparse_passwd: 'passwd_file',
  gemcheck: 'ruby_gems',
  imagecheck: null,
  licblacklist: 'licenses',
  metadatacheck: 'metadata',
  npmcheck: 'npms',
  pkgblacklist: 'packages',
  pkgcheck: 'packages',
  pkgdiff: null,
  secretcheck: 'secret_scans',
  suiddiff: null,
};
