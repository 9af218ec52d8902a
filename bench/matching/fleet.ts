import { distroNamespace } from '#core/distro.ts';
import { ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { formatPurl } from '#core/purl.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { Sql } from '#platform/sql.ts';
import { knownNames, type NamesOf } from './known-names.ts';
import { type Lots, lots } from './lots.ts';
import type { ListedPackage, PackageList } from './package-lists.ts';

export type FleetImage = Pick<ImageReport, 'distro' | 'packages'>;

/** A registry's images, drawn by lot, always the same. */
export interface Fleet {
  /** The image of this number, of about 400 packages. */
  readonly image: (at: number) => FleetImage;
  /** One of its own with this many packages. */
  readonly imageOf: (seed: number, packages: number) => FleetImage;
  /** A name that some image holds, as popular as it is there. */
  readonly name: (seed: number) => string;
}

/** Shared by the images; each is a list of a real image, rebuilt at other versions and with more packages of its distribution. */
const bases = 300;

/** The parts of a fleet that are written in each language. */
const languages = ['npm', 'npm', 'npm', 'pypi', 'pypi', 'maven', 'maven', 'go'] as const;

/** Of a base, and of what an image adds to one. */
const packagesOf = { base: 200, own: 200 } as const;

/**
 * Half of an image's packages are its base's, which some hundred others have as well; the other half is an application's of one language, and no
 * other image has exactly these. So it is a fleet of applications and not of their rebuilds, which would share more.
 */
export async function drawnFleet(sql: Sql, lists: readonly PackageList[]): Promise<Fleet> {
  const names = new Map<string, NamesOf>();
  const namespaces = lists.flatMap(({ distro }) => distroNamespace(distro) ?? []);
  for (const namespace of new Set([...languages, ...namespaces]))
    names.set(namespace, await knownNames(sql, namespace, lists));
  const based = Array.from({ length: bases }, (_, at) => baseOf(lots(at), lists, names, `base ${at}`));
  const image = (drawn: Lots, base: FleetImage, own: number, layer: string): FleetImage => ({
    distro: base.distro,
    packages: [
      ...base.packages,
      ...drawPackages(drawn, names.get(languages[drawn.below(languages.length)]!)!, own, layer),
    ],
  });
  return {
    image(at) {
      const drawn = lots(1_000_000 + at);
      const own = Math.round(packagesOf.own * (0.25 + 1.5 * drawn.share()));
      return image(drawn, based[drawn.popular(bases)]!, own, `image ${at}`);
    },
    imageOf(seed, packages) {
      const drawn = lots(500_000 + seed);
      const base = baseOf(drawn, lists, names, `large base ${seed}`);
      const kept = { ...base, packages: base.packages.slice(0, packages >> 1) };
      return image(drawn, kept, packages - kept.packages.length, `large ${seed}`);
    },
    name(seed) {
      const drawn = lots(700_000 + seed);
      const from = names.get(languages[drawn.below(languages.length)]!)!;
      return from.names[drawn.popular(from.names.length)]!.name;
    },
  };
}

function baseOf(
  drawn: Lots,
  lists: readonly PackageList[],
  names: ReadonlyMap<string, NamesOf>,
  layer: string,
): FleetImage {
  const { distro, packages } = lists[drawn.below(lists.length)]!;
  const rebuilt = packages.map((listed) => (drawn.share() < 0.8 ? listed : atOther(drawn, listed)));
  const namespace = distroNamespace(distro);
  const more = Math.max(0, Math.round(packagesOf.base * (0.5 + drawn.share())) - packages.length);
  return {
    distro,
    packages: [
      ...rebuilt.map((listed) => packageOf(listed, distro?.id ?? '', layer)),
      ...(namespace === null ? [] : drawPackages(drawn, names.get(namespace)!, more, layer, distro?.id)),
    ],
  };
}

/** A later build of the same version. */
function atOther(drawn: Lots, listed: ListedPackage): ListedPackage {
  if (!ecosystems[listed.type].os) return listed;
  const version = `${listed.version}.${1 + drawn.below(6)}`;
  return listed.type === 'apk'
    ? listed
    : { ...listed, version, origin: listed.origin && { ...listed.origin, version } };
}

function drawPackages(drawn: Lots, { type, names }: NamesOf, count: number, layer: string, distro = ''): Package[] {
  const found = new Map<string, Package>();
  // Popular names are drawn again and again: what is there already is passed over, up to a bound.
  for (let draws = 0; found.size < Math.min(count, names.length) && draws < count * 20; draws++) {
    const { name, versions } = names[drawn.popular(names.length)]!;
    if (found.has(name)) continue;
    const version = versions[drawn.popular(versions.length)]!;
    const origin = ecosystems[type].os ? { name, version } : null;
    found.set(name, packageOf({ type, name, version, arch: null, origin }, distro, layer));
  }
  return [...found.values()];
}

function packageOf({ type, name, version, arch, origin }: ListedPackage, distro: string, layer: string): Package {
  const slash = name.lastIndexOf(type === 'java' ? ':' : '/');
  const plain = type === 'rpm' ? version.replace(/^\d+:/, '') : version;
  const purl = formatPurl({
    ...{
      type: ecosystems[type].purl,
      namespace: slash < 0 ? distro : name.slice(0, slash),
      name: name.slice(slash + 1),
    },
    ...{ version: plain, qualifiers: { arch } },
  });
  return {
    ...{ type, name, version, arch, purl, layer, origin },
    source: origin === null ? null : type === 'rpm' ? `${origin.name}-${origin.version}.src.rpm` : origin.name,
    ...{ paths: [], licenses: [], vendor: null, size: null, files: [] },
  };
}
