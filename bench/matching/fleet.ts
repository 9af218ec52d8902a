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

/** Each is built again and again; every build has some of its packages in other versions than the others. */
const applications = 2000;
const bumped = 0.1;

/** Of a base, and of what an application adds to one. */
const packagesOf = { base: 200, own: 200 } as const;

/**
 * Half of an image's packages are its base's, which some hundred others have as well; the other half is what one build of an application of one
 * language added, and no other image has exactly these.
 */
export async function drawnFleet(sql: Sql, lists: readonly PackageList[]): Promise<Fleet> {
  const names = new Map<string, NamesOf>();
  const namespaces = lists.flatMap(({ distro }) => distroNamespace(distro) ?? []);
  for (const namespace of new Set([...languages, ...namespaces]))
    names.set(namespace, await knownNames(sql, namespace, lists));
  const based = Array.from({ length: bases }, (_, at) => baseOf(lots(at), lists, names, `base ${at}`));
  const language = (drawn: Lots) => names.get(languages[drawn.below(languages.length)]!)!;
  const added = new Map<number, Application>();
  return {
    image(at) {
      const drawn = lots(1_000_000 + at);
      const number = drawn.popular(applications);
      const application = added.get(number) ?? applicationOf(lots(600_000 + number), language);
      added.set(number, application);
      const { distro, packages } = based[application.base]!;
      return { distro, packages: [...packages, ...built(drawn, application, `image ${at}`)] };
    },
    imageOf(seed, packages) {
      const drawn = lots(500_000 + seed);
      const base = baseOf(drawn, lists, names, `large base ${seed}`);
      const kept = { ...base, packages: base.packages.slice(0, packages >> 1) };
      const own = drawPackages(drawn, language(drawn), packages - kept.packages.length, `large ${seed}`);
      return { distro: base.distro, packages: [...kept.packages, ...own] };
    },
    name(seed) {
      const drawn = lots(700_000 + seed);
      const from = language(drawn);
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

interface Application {
  /** Its place among the bases. */
  readonly base: number;
  readonly type: ListedPackage['type'];
  readonly needs: readonly Need[];
}

type Need = NamesOf['names'][number] & { readonly version: string };

function applicationOf(drawn: Lots, language: (drawn: Lots) => NamesOf): Application {
  const from = language(drawn);
  const count = Math.round(packagesOf.own * (0.25 + 1.5 * drawn.share()));
  return { base: drawn.popular(bases), type: from.type, needs: drawNeeds(drawn, from, count) };
}

function built(drawn: Lots, { type, needs }: Application, layer: string): Package[] {
  return needs.map(({ name, version, versions }) => {
    const its = drawn.share() < bumped ? versions[drawn.popular(versions.length)]! : version;
    return packageOf({ type, name, version: its, arch: null, origin: null }, '', layer);
  });
}

/** Popular names are drawn again and again: what is there already is passed over, up to a bound. */
function drawNeeds(drawn: Lots, { names }: NamesOf, count: number): readonly Need[] {
  const found = new Map<string, Need>();
  for (let draws = 0; found.size < Math.min(count, names.length) && draws < count * 20; draws++) {
    const one = names[drawn.popular(names.length)]!;
    if (found.has(one.name)) continue;
    found.set(one.name, { ...one, version: one.versions[drawn.popular(one.versions.length)]! });
  }
  return [...found.values()];
}

function drawPackages(drawn: Lots, from: NamesOf, count: number, layer: string, distro = ''): Package[] {
  const { type } = from;
  return drawNeeds(drawn, from, count).map(({ name, version }) => {
    const origin = ecosystems[type].os ? { name, version } : null;
    return packageOf({ type, name, version, arch: null, origin }, distro, layer);
  });
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
