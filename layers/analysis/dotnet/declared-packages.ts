import { isObject, type JsonObject } from '../texts/json-file.ts';
import { childText, elementsOf, type XmlNode } from '../texts/xml-tree.ts';

/** A NuGet package in the one version that a project asks for. */
export interface DeclaredPackage {
  readonly name: string;
  readonly version: string;
  /** True for what only builds use. */
  readonly dev?: true;
}

/** The packages of a packages.lock.json, for all its target frameworks; projects of the same solution are none. */
export function* lockedPackages(json: JsonObject): Generator<DeclaredPackage> {
  const { dependencies } = json;
  if (!isObject(dependencies)) return;
  for (const framework of Object.values(dependencies)) {
    for (const [name, entry] of isObject(framework) ? Object.entries(framework) : []) {
      if (!isObject(entry) || entry['type'] === 'Project') continue;
      const found = declared(name, entry['resolved'], false);
      if (found !== null) yield found;
    }
  }
}

/** The packages of a packages.config (NuGet: packages.config reference). */
export function* configuredPackages(root: XmlNode): Generator<DeclaredPackage> {
  if (root.name !== 'packages') return;
  for (const { name, attributes } of root.children) {
    if (name !== 'package') continue;
    const found = declared(attributes['id'], attributes['version'], attributes['developmentDependency'] === 'true');
    if (found !== null) yield found;
  }
}

/**
 * The packages that a project file or Directory.Packages.props references by one version (NuGet: package references, central
 * package management). `$(Name)` is a property of the same file; ranges, floating versions, and versions that stand elsewhere are left out.
 */
export function* referencedPackages(root: XmlNode): Generator<DeclaredPackage> {
  if (root.name !== 'Project') return;
  const properties = new Map<string, string>();
  for (const group of elementsOf(root, 'PropertyGroup')) {
    for (const { name, text } of group.children) if (!properties.has(name)) properties.set(name, text);
  }
  for (const element of ['PackageReference', 'PackageVersion', 'GlobalPackageReference']) {
    for (const node of elementsOf(root, element)) {
      const value = (name: string) => node.attributes[name] ?? childText(node, name);
      const stated = value('VersionOverride') ?? value('Version') ?? '';
      const version = /^\$\(([\w.]+)\)$/.exec(stated)?.[1];
      const dev = element === 'GlobalPackageReference' || value('PrivateAssets')?.toLowerCase() === 'all';
      const found = declared(value('Include') ?? value('Update'), version ? properties.get(version) : stated, dev);
      if (found !== null) yield found;
    }
  }
}

/** One version, plain or as the range `[1.2.3]` that allows nothing else. */
function declared(name: unknown, version: unknown, dev: boolean): DeclaredPackage | null {
  if (typeof name !== 'string' || typeof version !== 'string' || !/^[\w.-]{1,100}$/.test(name.trim())) return null;
  const [, exact] =
    /^\[?\s*(\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\s*\]?$/.exec(version.slice(0, 256)) ?? [];
  if (exact === undefined || version.startsWith('[') !== version.trimEnd().endsWith(']')) return null;
  return { name: name.trim(), version: exact, ...(dev ? { dev } : {}) };
}
