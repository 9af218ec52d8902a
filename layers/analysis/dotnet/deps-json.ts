import { isObject, type JsonObject } from '../texts/json-file.ts';

/** A NuGet package by its id and version. */
export interface NugetPackage {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
}

/** What a deps.json says: packages with files of theirs in the application, and the names of all assemblies it accounts for. */
export interface DepsJson {
  readonly packages: readonly NugetPackage[];
  /** Lower-case file names, sorted. */
  readonly assemblies: readonly string[];
}

/**
 * The packages of a .NET application by its deps.json (dotnet/sdk: runtime configuration files; corehost/deps-json-format): libraries
 * of type package, and runtime packs (`runtimepack.` is not part of their id), that bring files in for the runtime target. Packages
 * without any (meta packages, build tools, what the framework has newer) are not there. Projects are the application itself; files of
 * `reference`s, of which it knows no package, are not accounted for. Null for another document. At most 20,000 packages.
 */
export function parseDepsJson(json: JsonObject): DepsJson | null {
  const { libraries, targets, runtimeTarget } = json;
  if (!isObject(libraries) || !isObject(targets)) return null;
  const entries = targetEntries(targets, runtimeTarget);
  const packages: NugetPackage[] = [];
  const assemblies = new Set<string>();
  for (const [key, entry] of entries) {
    const library = libraries[key];
    const type = isObject(library) && typeof library['type'] === 'string' ? library['type'].toLowerCase() : '';
    const assets = assetsOf(entry);
    if (type !== 'reference') for (const path of assets) addAssembly(assemblies, path);
    if (type !== 'package' && type !== 'runtimepack') continue;
    const found = assets.length > 0 ? packageOf(key, entry) : null;
    if (found !== null && packages.length < maxPackages) packages.push(found);
  }
  return { packages, assemblies: [...assemblies].sort() };
}

const maxPackages = 20_000;
const maxAssemblies = 50_000;
const maxRequires = 200;

/** Those of the target that the application was built for, with its runtime (`.NETCoreApp,Version=v8.0/linux-x64`); else of all. */
function targetEntries(targets: JsonObject, runtimeTarget: unknown): readonly (readonly [string, JsonObject])[] {
  const name = isObject(runtimeTarget) ? runtimeTarget['name'] : runtimeTarget;
  const chosen = typeof name === 'string' && Object.hasOwn(targets, name) ? [targets[name]] : Object.values(targets);
  return chosen
    .filter(isObject)
    .flatMap((target) => Object.entries(target))
    .filter((pair): pair is [string, JsonObject] => isObject(pair[1]));
}

function assetsOf(entry: JsonObject): readonly string[] {
  return ['runtime', 'native', 'runtimeTargets', 'resources']
    .flatMap((kind) => (isObject(entry[kind]) ? Object.keys(entry[kind]) : []))
    .filter((path) => !path.endsWith('/_._'));
}

function addAssembly(assemblies: Set<string>, path: string): void {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (assemblies.size < maxAssemblies && name.length <= 256 && /\.(dll|exe)$/.test(name)) assemblies.add(name);
}

/** `NAME/VERSION`. */
function packageOf(key: string, entry: JsonObject): NugetPackage | null {
  const [, name = '', version = ''] = /^(?:runtimepack\.)?([\w.-]{1,100})\/([^\s/\p{Cc}]{1,256})$/u.exec(key) ?? [];
  if (name === '') return null;
  const needed = isObject(entry['dependencies']) ? Object.keys(entry['dependencies']) : [];
  const requires = needed.slice(0, maxRequires).filter((one) => /^[\w.-]{1,100}$/.test(one));
  return { name, version, ...(requires.length > 0 ? { requires } : {}) };
}
