import type { Distro } from '#core/distro.ts';
import { ecosystems, type PackageType } from '#core/ecosystem.ts';
import { formatPurl } from '#core/purl.ts';

/**
 * The package URL of a package of a distribution (purl-spec, types deb, rpm and apk): the namespace is the os-release id,
 * `distro` the id with its version, or its codename where it has no version. Without a distribution both are left out.
 */
export function osPurl(
  type: PackageType,
  distro: Distro | null,
  name: string,
  version: string,
  qualifiers: Readonly<Record<string, string | null>>,
): string {
  const release = distro?.versionId ?? distro?.codename ?? null;
  return formatPurl({
    type: ecosystems[type].purl,
    namespace: distro?.id ?? '',
    name,
    version,
    qualifiers: {
      ...qualifiers,
      distro: distro === null ? null : release === null ? distro.id : `${distro.id}-${release}`,
    },
  });
}
