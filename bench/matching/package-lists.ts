import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Distro } from '#core/distro.ts';
import { isPackageType, type PackageType } from '#core/ecosystem.ts';

/** A package as the distribution's or package manager's own tool lists it. */
export interface ListedPackage {
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly arch: string | null;
  readonly origin: { readonly name: string; readonly version: string } | null;
}

/** What a real image holds. */
export interface PackageList {
  readonly distro: Distro;
  readonly packages: readonly ListedPackage[];
}

/** The distribution of the images of each name; the lists do not tell. */
const distros: readonly (readonly [RegExp, string, string])[] = [
  [/^almalinux-9/, 'almalinux', '9.3'],
  [/^(?:alpine|node-app-alpine|java-nested-alpine)-(\d+\.\d+)/, 'alpine', '$1'],
  [/^cbl-mariner-2\.0/, 'mariner', '2.0'],
  [/^(?:debian-12|distroless)/, 'debian', '12'],
  [/^sle-15\.3/, 'sles', '15.3'],
];

/** The lists of a folder (`NAME.packages.tsv`: type, name, version, arch, source); empty when there is no such folder. */
export async function packageLists(folder: string): Promise<readonly PackageList[]> {
  const files = await readdir(folder).catch(() => []);
  const lists: PackageList[] = [];
  for (const file of files.filter((name) => name.endsWith('.packages.tsv')).sort()) {
    const known = distros.find(([pattern]) => pattern.test(file));
    const [, ...lines] = (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
    if (known === undefined || lines.length === 0) continue;
    const [pattern, id, version] = known;
    const versionId = version.startsWith('$') ? pattern.exec(file)![1]! : version;
    lists.push({ distro: distroOf(id, versionId), packages: lines.flatMap(listed) });
  }
  return lists;
}

/** Lists for machines that have no real ones: names that nobody has. */
export function madeLists(): readonly PackageList[] {
  const packages = Array.from({ length: 100 }, (_, at): ListedPackage => {
    const [name, version] = [`os-${at}`, `1.${at % 9}.2-1`];
    return { type: 'deb', name, version, arch: 'amd64', origin: { name, version } };
  });
  return [{ distro: distroOf('debian', '12'), packages }];
}

function distroOf(id: string, versionId: string): Distro {
  return { id, versionId, codename: null, name: null, idLike: [] };
}

function listed(line: string): ListedPackage[] {
  const [type = '', name = '', version = '', arch = '', source = ''] = line.split('\t');
  return isPackageType(type)
    ? [{ type, name, version, arch: arch || null, origin: originOf(type, version, source) }]
    : [];
}

/** apk: the origin's name; deb: `name version`; rpm: the source rpm's file name. */
function originOf(type: PackageType, version: string, source: string): ListedPackage['origin'] {
  if (type === 'apk') return { name: source, version };
  const [, name, own] =
    (type === 'deb' ? /^(\S+) (\S+)$/ : type === 'rpm' ? /^(.+)-([^-]+-[^-]+)\.src\.rpm$/ : /^$/).exec(source) ?? [];
  return name === undefined ? null : { name, version: own! };
}
