import { type DistroAdvisories, distroAdvisories, namespaceType } from '#core/distro.ts';
import { ecosystems, type PackageType } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { advisoryName } from '#core/package-name.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { Scheme } from '#versions/comparators.ts';
import { cpeNames } from './cpe-names.ts';
import { fedoraVendor, foreignVendor } from './foreign-vendor.ts';

/** The name and version under which advisories speak of a package, and the scheme that orders its versions. */
export interface MatchName {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly scheme: Scheme;
}

/** Every name of a package, or why nothing can be said of it: the end of a sentence that begins `... is not judged: `. */
export type MatchNames =
  | { readonly kind: 'named'; readonly names: readonly MatchName[] }
  | { readonly kind: 'unjudged'; readonly reason: string };

/** What decides the names of the packages of one image. */
export interface NamingWorld {
  readonly advisories: DistroAdvisories | null;
  /** How the distribution calls itself. */
  readonly distro: string;
  /** The epoch of each source rpm, by its file name. */
  readonly epochs: ReadonlyMap<string, string>;
}

export function namingWorld({ distro, packages }: Pick<ImageReport, 'distro' | 'packages'>): NamingWorld {
  return {
    advisories: distroAdvisories(distro),
    distro: distro === null ? 'a distribution that is not named' : `${distro.id} ${distro.versionId ?? ''}`.trim(),
    epochs: sourceEpochs(packages),
  };
}

/**
 * The names under which advisories speak of a package.
 *
 * Debian and Alpine advisories speak of source packages and their versions (Debian security tracker; apk `o:`), rpm advisories
 * of binary packages or of source packages (`NAME.src`), with the stream before the name for a modular build
 * (`nodejs:18/nodejs`), Arch's of packages as they are installed. Programs that no package manager knows are judged by their CPEs.
 * What only a lock file or an SBOM names is judged where an installed copy would leave no trace.
 */
export function matchNames(found: Package, world: NamingWorld): MatchNames {
  const { scheme, namespace, os, declared } = ecosystems[found.type];
  if (found.declared !== undefined && !declared) return unjudged('a document names it, but no copy of it was found');
  const cpes = cpeNames(found).map((cpe): MatchName => ({ namespace: 'cpe', scheme: 'generic', ...cpe }));
  if (cpes.length > 0) return { kind: 'named', names: cpes };
  if (!os) {
    if (namespace === null) return unjudged('nothing has advisories for its kind');
    if (isUnreleased(found)) return unjudged('its main module was built without a released version');
    return {
      kind: 'named',
      names: [{ namespace, scheme, name: advisoryName(found.type, found.name), version: found.version }],
    };
  }
  if (world.advisories === null) return unjudged(`no advisory namespace for ${world.distro}`);
  const judgedBy = ownerNamespace(found, world.advisories.namespace);
  if (namespaceType(judgedBy) !== found.type) return unjudged(`the advisories of ${judgedBy} do not speak of its kind`);
  const vendor = foreignVendor(found, judgedBy);
  if (vendor !== null) return unjudged(`built by others, of whom the advisories of ${judgedBy} do not speak`);
  const named = (name: string, version: string): MatchName => ({ namespace: judgedBy, scheme, name, version });
  if (found.type !== 'rpm') {
    const source = bySource.includes(found.type) ? sourceOf(found) : found;
    return { kind: 'named', names: [named(source.name, source.version)] };
  }
  const stream = streamOf(found);
  if (stream === null) return unjudged('builds of a module that do not name its stream');
  const binary = named(`${stream}${found.name}`, found.version);
  if (found.origin === null) return { kind: 'named', names: [binary] };
  return { kind: 'named', names: [binary, named(`${stream}${found.origin.name}.src`, sourceVersion(found, world))] };
}

const bySource: readonly PackageType[] = ['deb', 'apk'];

/**
 * Signatures of kernels and the kernels they stand on come from sources of their own (`linux-signed-hwe-5.15` of Ubuntu,
 * `linux-signed-amd64` of Debian). Advisories speak of the kernel's source, whose version the binary has.
 */
function sourceOf({ type, name, version, origin }: Package): { readonly name: string; readonly version: string } {
  const source = origin ?? { name, version };
  const [signed, flavour] = /^linux-signed(-.+)?$/.exec(type === 'deb' ? source.name : '') ?? [];
  if (signed === undefined) return source;
  return { name: /^-(?:amd64|arm64|i386)$/.test(flavour ?? '') ? 'linux' : `linux${flavour ?? ''}`, version };
}

function unjudged(reason: string): MatchNames {
  return { kind: 'unjudged', reason };
}

/**
 * A Go program built outside of a tag has no version that advisories could speak of: `(devel)`, a pseudo-version made from
 * a commit (https://go.dev/ref/mod#pseudo-versions), or a tag with changes that nobody knows (`+dirty`).
 */
function isUnreleased({ type, source, version }: Package): boolean {
  if (type !== 'golang' || source !== 'mod') return false;
  return !/^v\d/.test(version) || /\d{14}-[0-9a-f]{12}/.test(version) || /\+(?:.*\.)?dirty\b/.test(version);
}

/** What Fedora builds for Enterprise Linux is told of by EPEL's own advisories. */
function ownerNamespace({ vendor }: Package, namespace: string): string {
  const [, release] = /^(?:rhel|almalinux|rocky|ol):(.+)$/.exec(namespace) ?? [];
  return release !== undefined && vendor === fedoraVendor ? `epel:${release}` : namespace;
}

/** `nodejs:18/` from the MODULARITYLABEL; a build of a module without one says so in its release only. */
function streamOf({ purl, version }: Package): string | null {
  const label = /[?&]rpmmod=([^&#]+)/.exec(purl)?.[1];
  if (label !== undefined) return `${decodeURIComponent(label).split(':').slice(0, 2).join(':')}/`;
  return /\.module[_+]/.test(version) ? null : '';
}

/**
 * A source rpm's file name has no epoch. That of a binary package is its own where the binary has the source's version;
 * a binary with a version of its own (perl's modules) may have another epoch, so its siblings tell.
 */
function sourceVersion({ source, origin }: Package, { epochs }: NamingWorld): string {
  const epoch = epochs.get(source ?? '');
  return epoch === undefined ? origin!.version : epoch + withoutEpoch(origin!.version);
}

function sourceEpochs(packages: readonly Package[]): ReadonlyMap<string, string> {
  const epochs = new Map<string, string>();
  for (const { type, source, origin, version } of packages) {
    if (type !== 'rpm' || source === null || origin === null) continue;
    if (withoutEpoch(version) === withoutEpoch(origin.version)) epochs.set(source, /^\d+:/.exec(version)?.[0] ?? '');
  }
  return epochs;
}

const withoutEpoch = (version: string) => version.replace(/^\d+:/, '');
