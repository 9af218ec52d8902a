import { ecosystems, type PackageType, packageTypes } from './ecosystem.ts';

/** The distribution of an image, from os-release or its fallbacks. */
export interface Distro {
  /** os-release ID, lower case: `alpine`, `debian`, `almalinux`, ... */
  readonly id: string;
  readonly versionId: string | null;
  readonly codename: string | null;
  readonly name: string | null;
  readonly idLike: readonly string[];
  /** The release of Ubuntu or Debian that a derivative is made of (UBUNTU_CODENAME, DEBIAN_CODENAME of os-release). */
  readonly base?: { readonly id: 'ubuntu' | 'debian'; readonly codename: string };
}

interface Family {
  readonly type: PackageType;
  /** Whose advisories speak of its packages; its own when left out. */
  readonly as?: string;
  /** What advisories call this release; null when the release cannot be told. */
  readonly release: (distro: Distro) => string | null;
  /** Why those advisories may not fit exactly: said beside every judgement; null when they do. */
  readonly caveat?: (distro: Distro) => string | null;
}

const parts = (count: number) => (distro: Distro) => {
  const version = /^\d+(\.\d+)*/.exec(distro.versionId ?? '')?.[0];
  return version === undefined ? null : version.split('.').slice(0, count).join('.');
};

const rolling = () => 'rolling';

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

/** Ubuntu's releases that have advisories, by codename (https://wiki.ubuntu.com/Releases). */
export const ubuntuReleases: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
  oracular: '24.10',
  plucky: '25.04',
  questing: '25.10',
  resolute: '26.04',
};

/** Alpine's branch that a release of postmarketOS is made of (https://postmarketos.org/blog, release notes). */
const postmarketReleases: Readonly<Record<string, string>> = {
  '21.06': '3.14',
  '21.12': '3.15',
  '22.06': '3.16',
  '22.12': '3.17',
  '23.06': '3.18',
  '23.12': '3.19',
  '24.06': '3.20',
  '24.12': '3.21',
  '25.06': '3.22',
  edge: 'edge',
};

/** VERSION_ID `3.21_alpha20240807` is the rolling branch `edge`. */
const alpineRelease = (distro: Distro) => (/_alpha|edge/.test(distro.versionId ?? '') ? 'edge' : parts(2)(distro));

const postmarketRelease = ({ versionId }: Distro) =>
  postmarketReleases[(versionId ?? '').replace(/^v/, '').split('.').slice(0, 2).join('.')] ?? null;

const debianRelease = (distro: Distro) => parts(1)(distro) ?? debianReleases[distro.codename ?? ''] ?? null;

/** Devuan 1 was made of Debian 8, and each of the next of the next. */
const devuanRelease = (distro: Distro) => {
  const release = parts(1)(distro);
  return release === null ? null : String(Number(release) + 7);
};

/** Amazon Linux 1 counts by year and month. */
const amazonRelease = (distro: Distro) => (/^20[01]\d\.\d/.test(distro.versionId ?? '') ? '1' : parts(1)(distro));

const rebuild = (of: string) => (distro: Distro) =>
  `${distro.id} rebuilds ${of}, whose advisories it is judged by: a fix may come later here`;

/** CentOS Linux ended with 8; what calls itself Stream, and all later ones, is what the next minor release will be. */
const centosCaveat = (distro: Distro) =>
  /stream/i.test(distro.name ?? '') || Number(parts(1)(distro) ?? 0) > 8
    ? 'CentOS Stream is ahead of Red Hat Enterprise Linux, whose advisories it is judged by: versions may not be comparable'
    : rebuild('Red Hat Enterprise Linux')(distro);

const rhelRebuild: Family = {
  type: 'rpm',
  as: 'rhel',
  release: parts(1),
  caveat: rebuild('Red Hat Enterprise Linux'),
};

/**
 * How the releases of each known distribution are called in advisories, and what it installs with. ID_LIKE alone maps nothing else: it
 * says that packages look alike, not that they are the same builds under the same versions (rhcos, openEuler and Anolis
 * name rhel there). So rebuilds stand here by name.
 */
const families: Readonly<Record<string, Family>> = {
  alpine: { type: 'apk', release: alpineRelease },
  postmarketos: { type: 'apk', as: 'alpine', release: postmarketRelease },
  wolfi: { type: 'apk', release: rolling },
  chainguard: { type: 'apk', release: rolling },
  minimos: { type: 'apk', release: rolling },
  arch: { type: 'pacman', release: rolling },
  debian: { type: 'deb', release: debianRelease },
  raspbian: { type: 'deb', as: 'debian', release: debianRelease },
  devuan: { type: 'deb', as: 'debian', release: devuanRelease },
  ubuntu: { type: 'deb', release: parts(2) },
  rhel: { type: 'rpm', release: parts(1) },
  centos: { type: 'rpm', as: 'rhel', release: parts(1), caveat: centosCaveat },
  scientific: rhelRebuild,
  springdale: rhelRebuild,
  eurolinux: rhelRebuild,
  circle: rhelRebuild,
  navylinux: rhelRebuild,
  miraclelinux: rhelRebuild,
  cloudlinux: rhelRebuild,
  virtuozzo: rhelRebuild,
  almalinux: { type: 'rpm', release: parts(1) },
  rocky: { type: 'rpm', release: parts(1) },
  ol: { type: 'rpm', release: parts(1) },
  fedora: { type: 'rpm', release: parts(1) },
  // No distribution: what Fedora builds for Enterprise Linux beside it.
  epel: { type: 'rpm', release: parts(1) },
  amzn: { type: 'rpm', release: amazonRelease },
  sles: { type: 'rpm', release: parts(2) },
  sled: { type: 'rpm', as: 'sles', release: parts(2) },
  'sle-micro': { type: 'rpm', release: parts(2) },
  'sl-micro': { type: 'rpm', as: 'sle-micro', release: parts(2) },
  opensuse: { type: 'rpm', release: parts(2) },
  'opensuse-leap': { type: 'rpm', release: parts(2) },
  'opensuse-tumbleweed': { type: 'rpm', release: rolling },
  'opensuse-microos': { type: 'rpm', as: 'opensuse-tumbleweed', release: rolling },
  mariner: { type: 'rpm', release: parts(2) },
  azurelinux: { type: 'rpm', release: parts(2) },
  photon: { type: 'rpm', release: parts(2) },
};

/** Whose advisories judge the packages of a distribution, and what to know of that. */
export interface DistroAdvisories {
  /** `alpine:3.20`, `debian:12`, `rhel:9`. */
  readonly namespace: string;
  /** One sentence; null when the advisories are the distribution's own. */
  readonly caveat: string | null;
}

/**
 * The advisories of a distribution; null when it is not known or its release cannot be told: then its packages are
 * reported as not judged. A derivative that names the release of Ubuntu or Debian it is made of (Linux Mint, Pop!_OS, elementary)
 * installs that release's packages beside its own and is judged by it; one that does not (Kali, Parrot: snapshots of testing
 * under versions of their own) is not judged. Derivatives of Arch (Manjaro, EndeavourOS) take over its packages as they are.
 */
export function distroAdvisories(distro: Distro | null): DistroAdvisories | null {
  if (distro === null) return null;
  const family = Object.hasOwn(families, distro.id) ? families[distro.id] : undefined;
  if (family === undefined) return derivedAdvisories(distro);
  const release = family.release(distro);
  if (release === null) return null;
  return { namespace: `${family.as ?? distro.id}:${release}`, caveat: family.caveat?.(distro) ?? null };
}

function derivedAdvisories({ id, base, idLike }: Distro): DistroAdvisories | null {
  if (idLike.includes('arch')) {
    const namespace = 'arch:rolling';
    return {
      namespace,
      caveat: `${id} is judged by the advisories of ${namespace}, whose packages it takes over, maybe later`,
    };
  }
  if (base === undefined) return null;
  const releases = base.id === 'ubuntu' ? ubuntuReleases : debianReleases;
  const release = Object.hasOwn(releases, base.codename) ? releases[base.codename] : undefined;
  if (release === undefined) return null;
  const namespace = `${base.id}:${release}`;
  return { namespace, caveat: `${id} is judged by the advisories of ${namespace}, which it is made of` };
}

/** The namespace of {@link distroAdvisories}. */
export function distroNamespace(distro: Distro | null): string | null {
  return distroAdvisories(distro)?.namespace ?? null;
}

/** The kind of package that an advisory namespace speaks of, and so its version scheme; null for a namespace that is not known. */
export function namespaceType(namespace: string): PackageType | null {
  const language = packageTypes.find((type) => ecosystems[type].namespace === namespace);
  if (language !== undefined) return language;
  const id = namespace.slice(0, namespace.indexOf(':'));
  return Object.hasOwn(families, id) ? (families[id]?.type ?? null) : null;
}
