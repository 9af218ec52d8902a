import { type Distro, distroNamespace } from '#core/distro.ts';
import type { Analyzer, ImageView } from '../analyzer.ts';
import { normalId, parseReleaseCpe, parseReleaseText, type ReleaseText } from '../texts/release-text.ts';
import { shellAssignments } from '../texts/shell-assignments.ts';

/** Release files have some hundred bytes. */
const maxBytes = 64 * 1024;
const maxBusybox = 8 * 1024 * 1024;

/** Where busybox images, which have no release file, keep the program; its many names are hard links to the first. */
const busyboxPaths = ['bin/busybox', 'bin/['];

/** Where apk fetches packages from: the branches of Alpine that an image mixes. */
const apkRepositories = 'etc/apk/repositories';

/** Files that say which distribution an image is. Gives no packages; {@link detectDistro} reads its facts. */
export const osRelease: Analyzer = {
  name: 'os-release',
  reads: '`os-release`, and older release files of distributions',
  version: 3,
  // Release files are often links to files of the distribution's own naming (etc/redhat-release -> almalinux-release,
  // usr/lib/os-release -> os.release.d/os-release-fedora): so any of that kind is kept.
  wants: (path, size) =>
    (size <= maxBytes && path === apkRepositories) ||
    (size <= maxBytes &&
      /^(?:etc|usr\/etc|usr\/lib(?:\/os\.release\.d)?)\/(?:[\w.-]*release[\w.-]*|debian_version)$/.test(path)) ||
    (size <= maxBusybox && busyboxPaths.includes(path)),
  *read(file) {
    if (busyboxPaths.includes(file.path)) {
      const bytes = Buffer.from(file.content.all(maxBusybox));
      const at = bytes.indexOf('BusyBox v');
      const version = at < 0 ? null : /^BusyBox v(\d+(?:\.\d+)+)/.exec(bytes.toString('latin1', at, at + 32));
      if (version) yield { key: 'busybox', data: { busybox: version[1] } };
      return;
    }
    const text = Buffer.from(file.content.all(maxBytes))
      .toString('utf8')
      .replace(/^\ufeff/, '')
      // NULs and the like would end in a database that has no text for them.
      .replaceAll(/[^\P{Cc}\n\t]/gu, '');
    yield { key: 'release', data: { text } };
  },
  assemble: () => [],
};

/**
 * The distribution of an image from the facts of {@link osRelease}: the first of etc/os-release and usr/lib/os-release
 * that exists and names one (os-release(5)), else the older release files from the most to the least telling, else the
 * version of a busybox image; null when nothing says. Ids are lower case and each distribution has one.
 */
export function detectDistro(view: ImageView): Distro | null {
  const found = detect(view);
  return found === null ? null : shortened(found);
}

/** What no release comes to is cut. */
const maxText = 200;
const maxAlike = 20;

function shortened({ id, versionId, codename, name, idLike, base }: Distro): Distro {
  const short = (text: string | null) => text?.slice(0, maxText).toWellFormed() ?? null;
  return {
    id: short(id)!,
    versionId: short(versionId),
    codename: short(codename),
    name: short(name),
    idLike: idLike.slice(0, maxAlike).map((one) => short(one)!),
    ...(base === undefined ? {} : { base: { ...base, codename: short(base.codename)! } }),
  };
}

function detect(view: ImageView): Distro | null {
  const texts = new Map<string, string>();
  for (const { path, facts } of view.facts)
    for (const { data } of facts) texts.set(path, (data as { text?: string }).text ?? '');
  const text = (path: string) => {
    const real = view.resolve(path);
    return texts.get(real ?? path) ?? null;
  };
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    const found = fromOsRelease(text(path) ?? '', text('etc/debian_version'));
    if (found === null) continue;
    if (found.id === 'alpine') noteOtherBranches(found, text(apkRepositories) ?? '', view);
    return found;
  }
  for (const [path, parse] of fallbacks) {
    const content = text(path);
    const found = content === null ? null : parse(content);
    if (found !== null) return found;
  }
  return busybox(view);
}

/** Packages of another branch are judged by what is known of this one: their versions count on. */
function noteOtherBranches(distro: Distro, repositories: string, view: ImageView): void {
  const own = distroNamespace(distro)?.replace('alpine:', '');
  const others = branchesOf(repositories).filter((branch) => branch !== own);
  if (own === undefined || others.length === 0) return;
  const problem = `names repositories of Alpine ${others.slice(0, 5).join(', ')}; packages from there are judged by what is known of ${own}`;
  view.note(apkRepositories, problem);
}

/** `https://dl-cdn.alpinelinux.org/alpine/v3.20/main`, `@testing .../edge/testing`: `3.20` and `edge`, each once. */
function branchesOf(repositories: string): readonly string[] {
  const branches = repositories.split('\n').flatMap((line) => {
    const [, release, edge] = /^[^#]*\/(?:v(\d+\.\d+)|(edge))\/(?:main|community|testing)\/?\s*$/.exec(line) ?? [];
    return release ?? edge ?? [];
  });
  return [...new Set(branches)];
}

/** Where release files were deleted: the one branch that is there. */
function fromRepositories(text: string): Distro | null {
  const [branch, ...more] = branchesOf(text);
  if (branch === undefined || more.length > 0 || !/\/alpine\//.test(text)) return null;
  return { id: 'alpine', versionId: branch, codename: null, name: `Alpine Linux ${branch}`, idLike: [] };
}

function fromOsRelease(text: string, debianVersion: string | null): Distro | null {
  const values = shellAssignments(text);
  const value = (name: string) => values.get(name)?.trim() || null;
  const declared = value('ID') ?? (value('NAME') === null ? null : (parseReleaseText(value('NAME')!)?.id ?? null));
  if (declared === null) return null;
  const versionId = value('VERSION_ID');
  const id = normalId(declared, versionId);
  // Debian up to 8 names its release only here: VERSION="7 (wheezy)".
  const inBrackets = id === 'debian' ? (/\(([a-z]+)\)/.exec(value('VERSION') ?? '')?.[1] ?? null) : null;
  const distro: Distro = {
    id,
    versionId,
    codename: value('VERSION_CODENAME')?.toLowerCase() ?? inBrackets,
    name: value('PRETTY_NAME') ?? value('NAME'),
    idLike: (value('ID_LIKE') ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    ...baseOf(id, value('UBUNTU_CODENAME'), value('DEBIAN_CODENAME')),
  };
  if (id !== 'debian' || versionId !== null) return distro;
  const debian = fromDebianVersion(debianVersion ?? '');
  return { ...distro, versionId: debian?.versionId ?? null, codename: distro.codename ?? debian?.codename ?? null };
}

/** Ubuntu and Debian name themselves there too. A derivative of Ubuntu may name both: it is made of the nearer. */
function baseOf(id: string, ubuntu: string | null, debian: string | null): Pick<Distro, 'base'> {
  if (id === 'ubuntu' || id === 'debian') return {};
  if (ubuntu !== null) return { base: { id: 'ubuntu', codename: ubuntu.toLowerCase() } };
  return debian === null ? {} : { base: { id: 'debian', codename: debian.toLowerCase() } };
}

/** `12.5` is release 12, which is all that os-release would say; `trixie/sid` is the release being made. */
function fromDebianVersion(text: string): Distro | null {
  const [first = ''] = text.trim().split('\n');
  const versionId = /^\d+/.exec(first)?.[0] ?? null;
  const codename = /^[a-z]+/.exec(first.toLowerCase())?.[0] ?? null;
  if (versionId === null && codename === null) return null;
  return { id: 'debian', versionId, codename, name: `Debian GNU/Linux ${first}`, idLike: [] };
}

function fromLsbRelease(text: string): Distro | null {
  const values = shellAssignments(text);
  const id = values.get('DISTRIB_ID');
  if (!id) return null;
  const versionId = values.get('DISTRIB_RELEASE') || null;
  return {
    id: normalId(id, versionId),
    versionId,
    codename: values.get('DISTRIB_CODENAME')?.toLowerCase() || null,
    name: values.get('DISTRIB_DESCRIPTION') || id,
    idLike: [],
  };
}

function fromAlpineRelease(text: string): Distro | null {
  const version = text.trim().split('\n')[0] ?? '';
  if (!/^\d/.test(version)) return null;
  return { id: 'alpine', versionId: version, codename: null, name: `Alpine Linux v${version}`, idLike: [] };
}

const plain = (found: ReleaseText | null): Distro | null => found && { ...found, codename: null, idLike: [] };
const release = (text: string) => plain(parseReleaseText(text));

/** Oracle Linux and other rebuilds keep an etc/redhat-release that says Red Hat: their own file comes first. */
const fallbacks: readonly (readonly [path: string, parse: (text: string) => Distro | null])[] = [
  ['etc/alpine-release', fromAlpineRelease],
  ['etc/oracle-release', release],
  ['etc/enterprise-release', release],
  ['etc/almalinux-release', release],
  ['etc/rocky-release', release],
  ['etc/centos-release', release],
  ['etc/fedora-release', release],
  ['etc/photon-release', release],
  ['etc/mariner-release', release],
  ['etc/azurelinux-release', release],
  ['etc/redhat-release', release],
  ['etc/system-release', release],
  ['usr/lib/system-release', release],
  ['etc/system-release-cpe', (text) => plain(parseReleaseCpe(text))],
  ['usr/lib/system-release-cpe', (text) => plain(parseReleaseCpe(text))],
  ['etc/SuSE-release', release],
  ['etc/gentoo-release', release],
  ['etc/lsb-release', fromLsbRelease],
  ['etc/debian_version', fromDebianVersion],
  [apkRepositories, fromRepositories],
];

function busybox(view: ImageView): Distro | null {
  for (const { path, facts } of view.facts) {
    if (!busyboxPaths.includes(path)) continue;
    for (const { data } of facts) {
      const versionId = (data as { busybox?: string }).busybox;
      if (versionId) return { id: 'busybox', versionId, codename: null, name: `BusyBox v${versionId}`, idLike: [] };
    }
  }
  return null;
}
