import { ecosystems, type PackageType } from '#core/ecosystem.ts';
import { parsePurl } from '#core/parse-purl.ts';
import { formatPurl, type Purl } from '#core/purl.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';
import { identityText } from '../texts/identity-text.ts';
import type { StatedPackage } from './stated-package.ts';

/** What is kept of a package that an SBOM states. */
export interface BomPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly purl: string;
  readonly licenses: readonly string[];
  readonly vendor: string | null;
}

/** A package that an SBOM states, in the words of this house; or the purl type that no package type stands for. */
export type Understood =
  | { readonly kind: 'package'; readonly package: BomPackage }
  | { readonly kind: 'unknown'; readonly type: string };

/**
 * Reads what an SBOM states of a package; null for what has no package URL, no version, or is none: images and the
 * repositories that something was built from have purls too.
 */
export function bomPackage(stated: StatedPackage): Understood | null {
  const purl = typeof stated.purl === 'string' ? parsePurl(stated.purl.trim()) : null;
  if (purl === null || notPackages.has(purl.type)) return null;
  const type = typeByPurl.get(purl.type);
  if (type === undefined) return { kind: 'unknown', type: purl.type };
  const name = identityText(nameOf(purl));
  const version = identityText(versionOf(purl, stated.version));
  if (name === null || version === null) return null;
  const { os } = ecosystems[type];
  const kept = os || type === 'bitnami' ? purl.qualifiers : type === 'julia' ? { uuid: purl.qualifiers?.['uuid'] } : {};
  const licenses = stated.licenses.flatMap((text) => (typeof text === 'string' ? (declaredLicense(text) ?? []) : []));
  return {
    kind: 'package',
    package: {
      type,
      name,
      version,
      arch: os || type === 'bitnami' ? identityText(purl.qualifiers?.['arch']) : null,
      purl: formatPurl({ ...purl, version: purl.version ?? version, qualifiers: kept ?? {} }),
      licenses: [...new Set(licenses.flatMap(licenseNames))],
      vendor: personText(stated.vendor, null),
    },
  };
}

const notPackages: ReadonlySet<string> = new Set(['oci', 'docker', 'github', 'gitlab', 'bitbucket', 'githubactions']);

const typeByPurl: ReadonlyMap<string, PackageType> = new Map(
  Object.entries(ecosystems).map(([type, { purl }]) => [purl, type as PackageType]),
);

/** Names as the analyzers of these types give them. */
function nameOf({ type, namespace = '', name }: Purl): string {
  if (namespace === '') return name;
  if (type === 'maven') return `${namespace}:${name}`;
  return ['npm', 'golang', 'composer', 'swift'].includes(type) ? `${namespace}/${name}` : name;
}

/** An rpm's epoch stands among the qualifiers. */
function versionOf({ type, version, qualifiers }: Purl, beside: unknown): unknown {
  const epoch = type === 'rpm' ? (qualifiers?.['epoch'] ?? '0') : '0';
  return version !== undefined && /^[1-9]\d*$/.test(epoch) ? `${epoch}:${version}` : (version ?? beside);
}
