import { ecosystems, type PackageType, packageTypes } from './ecosystem.ts';

/** The distribution of an image, from os-release or its fallbacks. */
export interface Distro {
  /** os-release ID, lower case: `alpine`, `debian`, `almalinux`, ... */
  readonly id: string;
  readonly versionId: string | null;
  readonly codename: string | null;
  readonly name: string | null;
  readonly idLike: readonly string[];
}

interface Family {
  readonly type: PackageType;
  /** What advisories call this release; null when the release cannot be told. */
  readonly release: (distro: Distro) => string | null;
}

const parts = (count: number) => (distro: Distro) => {
  const version = /^\d+(\.\d+)*/.exec(distro.versionId ?? '')?.[0];
  return version === undefined ? null : version.split('.').slice(0, count).join('.');
};

/** Debian's releases by codename (https://www.debian.org/releases/): testing and unstable carry no VERSION_ID. */
export const debianReleases: Readonly<Record<string, string>> = {
  etch: '4',
  lenny: '5',
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
  sid: 'unstable',
};

/** VERSION_ID `3.21_alpha20240807` is the rolling branch `edge`. */
const alpineRelease = (distro: Distro) => (/_alpha|edge/.test(distro.versionId ?? '') ? 'edge' : parts(2)(distro));

const debianRelease = (distro: Distro) => parts(1)(distro) ?? debianReleases[distro.codename ?? ''] ?? null;

/** How the releases of each known distribution are called in advisories, and what it installs with. */
const families: Readonly<Record<string, Family>> = {
  alpine: { type: 'apk', release: alpineRelease },
  wolfi: { type: 'apk', release: () => 'rolling' },
  chainguard: { type: 'apk', release: () => 'rolling' },
  debian: { type: 'deb', release: debianRelease },
  ubuntu: { type: 'deb', release: parts(2) },
  rhel: { type: 'rpm', release: parts(1) },
  centos: { type: 'rpm', release: parts(1) },
  almalinux: { type: 'rpm', release: parts(1) },
  rocky: { type: 'rpm', release: parts(1) },
  ol: { type: 'rpm', release: parts(1) },
  fedora: { type: 'rpm', release: parts(1) },
  amzn: { type: 'rpm', release: parts(1) },
  sles: { type: 'rpm', release: parts(2) },
  'opensuse-leap': { type: 'rpm', release: parts(2) },
  mariner: { type: 'rpm', release: parts(2) },
  azurelinux: { type: 'rpm', release: parts(2) },
  photon: { type: 'rpm', release: parts(2) },
};

/**
 * The advisory namespace of a distribution, `alpine:3.20`, `debian:12`, `almalinux:9`; null when the distribution is not
 * known or its release cannot be told: then its packages are reported as not judged.
 */
export function distroNamespace(distro: Distro | null): string | null {
  if (distro === null) return null;
  const release = families[distro.id]?.release(distro) ?? null;
  return release === null ? null : `${distro.id}:${release}`;
}

/** The kind of package that an advisory namespace speaks of, and so its version scheme; null for a namespace that is not known. */
export function namespaceType(namespace: string): PackageType | null {
  const language = packageTypes.find((type) => ecosystems[type].namespace === namespace);
  if (language !== undefined) return language;
  const id = namespace.slice(0, namespace.indexOf(':'));
  return Object.hasOwn(families, id) ? (families[id]?.type ?? null) : null;
}
