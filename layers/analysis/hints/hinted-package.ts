import type { Distro } from '#core/distro.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { formatPurl } from '#core/purl.ts';
import type { FoundPackage } from '../analyzer.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { osPurl } from '../os/os-purl.ts';
import type { Hint } from './hint.ts';

/** The package that a hint speaks of, what it leaves out filled in as the reference fills it in. */
export function hintedPackage(hint: Hint, distro: Distro | null, evidence: FoundPackage['evidence']): FoundPackage {
  const { type, name, version } = hint;
  const location = hint.location ?? defaultLocation(hint);
  const metadata = type === 'java' ? javaMetadata(hint) : hint.metadata;
  return {
    type,
    name,
    version,
    arch: archOf(hint),
    ...sourceOf(hint),
    purl: ecosystems[type].os ? osPurl(type, distro, name, version, { arch: archOf(hint) }) : languagePurl(hint),
    licenses: (hint.licenses ?? []).flatMap((text) => licenseNames(declaredLicense(text) ?? '')).filter(Boolean),
    vendor: hint.origin ?? null,
    size: hint.size ?? null,
    files: hint.files ?? [],
    evidence,
    ...(location === null ? {} : { location }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function archOf({ type, arch }: Hint): string | null {
  return arch ?? (type === 'rpm' ? 'x86_64' : null);
}

/** The source package in the words of each ecosystem; a release or version that `source` may carry is the package's own. */
function sourceOf({ type, name, version, source }: Hint): Pick<FoundPackage, 'source' | 'origin'> {
  const plain = /^[^\s(]+/.exec(source ?? '')?.[0] ?? name;
  switch (type) {
    case 'rpm': {
      const file = `${plain}-${version.replace(/^\d+:/, '')}.src.rpm`;
      return { source: file, origin: { name: plain, version: version.replace(/^\d+:/, '') } };
    }
    case 'deb':
      return { source: `${plain} ${version}`, origin: { name: plain, version } };
    case 'apk':
      return { source: plain, origin: { name: plain, version } };
    default:
      return { source: null, origin: null };
  }
}

/** Where the reference says such a package lies. */
function defaultLocation({ type, name, version }: Hint): string | null {
  switch (type) {
    case 'npm':
      return `/virtual/npmpkg/${name}-${version}`;
    case 'gem':
      return `/virtual/gempkg/${name}-${version}`;
    case 'python':
      return '/virtual/pypkg/site-packages';
    case 'java':
      return `/virtual/javapkg/${name}-${version}.jar`;
    case 'golang':
      return `/virtual/gopkg/${name}-${version}`;
    case 'binary':
      return `/virtual/binarypkg/${name}-${version}`;
    default:
      return null;
  }
}

function javaMetadata({ version, metadata }: Hint): Readonly<Record<string, string>> {
  return {
    'specification-version': version,
    'implementation-version': version,
    'maven-version': version,
    ...metadata,
  };
}

/** Names with a namespace of their own: `@scope/name`, `group:artifact`, `github.com/owner/name`. */
function languagePurl({ type, name, version }: Hint): string {
  const cut = name.lastIndexOf(type === 'java' ? ':' : '/');
  const plain = type === 'python' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name.slice(cut + 1);
  const namespace = type === 'python' ? '' : name.slice(0, Math.max(0, cut));
  return formatPurl({
    type: ecosystems[type].purl,
    namespace: namespace.replaceAll(type === 'java' ? ':' : '\0', '/'),
    name: plain,
    version,
  });
}
