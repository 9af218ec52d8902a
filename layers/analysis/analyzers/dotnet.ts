import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, RandomAccess, WantedFile } from '../analyzer.ts';
import { assemblyVersion } from '../dotnet/assembly-version.ts';
import {
  configuredPackages,
  type DeclaredPackage,
  lockedPackages,
  referencedPackages,
} from '../dotnet/declared-packages.ts';
import { parseDepsJson } from '../dotnet/deps-json.ts';
import { type NuspecPackage, parseNuspec, unpackedFolder } from '../dotnet/nuspec.ts';
import { releasedPackage, sharedFramework } from '../dotnet/shared-framework.ts';
import { bundledDepsJson } from '../dotnet/single-file-bundle.ts';
import { licenseNames } from '../licenses/spdx.ts';
import { mayBeProgram } from '../programs/may-be-program.ts';
import { openExecutables } from '../programs/open-executable.ts';
import { openPe } from '../programs/pe.ts';
import { isManaged, versionTexts } from '../programs/pe-version.ts';
import { decodedText } from '../texts/decoded-text.ts';
import { personText } from '../texts/declared-person.ts';
import { readJsonFile } from '../texts/json-file.ts';
import { parseXml } from '../texts/xml-tree.ts';

/**
 * NuGet packages of .NET applications: by their deps.json, also the one inside a single-file program; shared frameworks by their
 * name and version; unpacked packages by their .nuspec; and assemblies that none of these accounts for by their version resource, under
 * the name of the file (`log4net.dll` is log4net). packages.lock.json, packages.config, project files and
 * Directory.Packages.props declare. Metadata: `dev` where a declared package serves builds only.
 */
export const dotnet: Analyzer = {
  name: 'dotnet',
  reads: '`*.deps.json`, single-file programs, `.nuspec`, assemblies, `packages.lock.json`, projects',
  version: 1,
  wants: (path, size, mode) => formOf(path, size, mode) !== null,
  read: readFile,
  assemble: assemblePackages,
};

/** The deps.json of an SDK has 2 MB. */
const maxJson = 16 * 1024 * 1024;
const maxXml = 8 * 1024 * 1024;
const maxDeclared = 20_000;

type Form = 'deps' | 'lock' | 'config' | 'project' | 'nuspec' | 'assembly' | 'program';

/** What a file is to .NET by its name: its ending first, since nearly every file is nothing. */
function formOf(path: string, size: number, mode: number): Form | null {
  if (path.endsWith('.json')) {
    if (path.endsWith('.deps.json')) return 'deps';
    return isNamed(path, 'packages.lock.json') ? 'lock' : null;
  }
  if (path.endsWith('proj')) return /\.(cs|fs|vb)proj$/.test(path) ? 'project' : null;
  if (isNamed(path, 'Directory.Packages.props')) return 'project';
  if (isNamed(path, 'packages.config')) return 'config';
  if (path.endsWith('.nuspec')) return unpackedFolder(path) === null ? null : 'nuspec';
  if (/\.(dll|exe)$/i.test(path.slice(-4)) && foreignAssembly.test(path)) return null;
  if (/\.dll$/i.test(path.slice(-4))) return 'assembly';
  return mayBeProgram(path, size, mode) ? 'program' : null;
}

const isNamed = (path: string, name: string) =>
  path.endsWith(name) && (path.length === name.length || path.at(-name.length - 1) === '/');

/** Translations, reference assemblies, which hold no code, and the class libraries of Windows and Mono, which are no packages. */
const foreignAssembly =
  /\.resources\.dll$|(^|\/)(windows\/(assembly|microsoft\.net|winsxs|system32|syswow64|systemapps)|lib\/mono|dotnet\/packs|refs?)\//i;

/** Facts by the first word of their key. */
type DotnetFact =
  | { readonly kind: 'package' | 'framework' | 'unpacked'; readonly data: NuspecPackage }
  | { readonly kind: 'declared'; readonly data: DeclaredPackage }
  | { readonly kind: 'assembly'; readonly data: { readonly version: string; readonly vendor: string | null } }
  | { readonly kind: 'accounted'; readonly data: readonly string[] };

function* readFile(file: WantedFile): Iterable<Fact> {
  const seen = new Set<string>();
  for (const { kind, data } of factsOf(file)) {
    const key = 'name' in data ? `${kind} ${data.name} ${data.version}` : kind;
    if (seen.has(key)) continue;
    if (seen.size === maxDeclared) throw new Fault('input/too-large', `names more than ${maxDeclared} packages`);
    seen.add(key);
    yield { key, data };
  }
}

function factsOf({ path, size, mode, content }: WantedFile): Iterable<DotnetFact> {
  const form = formOf(path, size, mode);
  const declared = (list: Iterable<DeclaredPackage>) =>
    Iterator.from(list).map((data) => ({ kind: 'declared' as const, data }));
  const xml = () => parseXml(decodedText(content.all(maxXml)));
  switch (form) {
    case 'deps':
      return depsFacts(path, content);
    case 'lock':
      return declared(lockedPackages(readJsonFile(content, maxJson)));
    case 'config':
      return declared(configuredPackages(xml()));
    case 'project':
      return declared(referencedPackages(xml()));
    case 'nuspec': {
      const data = parseNuspec(xml());
      return data === null ? [] : [{ kind: 'unpacked', data }];
    }
    case 'assembly':
    case 'program':
      return programFacts(path, content);
    case null:
      return [];
  }
}

function* depsFacts(path: string, content: RandomAccess): Iterable<DotnetFact> {
  const deps = parseDepsJson(readJsonFile(content, maxJson));
  if (deps === null) return;
  const framework = sharedFramework(path);
  if (framework !== null) yield { kind: 'framework', data: framework };
  for (const found of deps.packages) {
    yield { kind: 'package', data: framework === null ? found : releasedPackage(found, framework) };
  }
  yield { kind: 'accounted', data: deps.assemblies };
}

function* programFacts(path: string, content: RandomAccess): Iterable<DotnetFact> {
  const pe = openPe(content);
  if (pe !== null && isManaged(pe)) {
    const texts = versionTexts(pe);
    const version = assemblyVersion(texts);
    if (version !== null)
      yield { kind: 'assembly', data: { version, vendor: personText(texts.get('CompanyName'), null) } };
    return;
  }
  for (const program of openExecutables(content)) {
    const bundled = bundledDepsJson(program);
    if (bundled !== null) yield* depsFacts(path, bundled);
  }
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  const accounted = accountedFor(view);
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const fact = { kind: key.split(' ')[0], data } as DotnetFact;
      if (fact.kind === 'accounted') continue;
      if (fact.kind !== 'assembly') yield foundPackage(path, key, fact);
      else if (!accounted(path)) {
        const name = path.slice(path.lastIndexOf('/') + 1, -'.dll'.length);
        yield foundPackage(path, key, { ...fact, data: { name, ...fact.data } });
      }
    }
  }
}

/**
 * Whether a deps.json in the folder of an assembly, or above it, names its file (of translations and other variants the file lies
 * deeper), or it lies in an unpacked package.
 */
function accountedFor(view: ImageView): (path: string) => boolean {
  const named = new Map<string, Set<string>>();
  const unpacked = new Set<string>();
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      if (key.startsWith('unpacked')) unpacked.add(folderOf(path));
      if (key !== 'accounted') continue;
      const names = named.get(folderOf(path)) ?? new Set();
      for (const name of data as readonly string[]) names.add(name);
      named.set(folderOf(path), names);
    }
  }
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      if (unpacked.has(folder) || named.get(folder)?.has(name)) return true;
      if (folder === '') return false;
    }
  };
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

type NamedFact =
  | Exclude<DotnetFact, { readonly kind: 'assembly' | 'accounted' }>
  | {
      readonly kind: 'assembly';
      readonly data: { readonly name: string; readonly version: string; readonly vendor: string | null };
    };

function foundPackage(path: string, key: string, { kind, data }: NamedFact): FoundPackage {
  const { name, version } = data;
  const vendor = kind === 'assembly' ? data.vendor : kind === 'declared' ? null : (data.authors ?? null);
  const requires = kind === 'assembly' || kind === 'declared' ? undefined : data.requires;
  return {
    type: 'nuget',
    name,
    version,
    arch: null,
    source: null,
    origin: null,
    purl: formatPurl({ type: 'nuget', name, version }),
    licenses: kind === 'unpacked' && data.license !== undefined ? licenseNames(data.license) : [],
    vendor,
    size: null,
    files: [],
    ...(kind === 'declared' ? { declared: 'lock' } : {}),
    ...(kind === 'declared' && data.dev === true ? { metadata: { dev: 'true' } } : {}),
    ...(requires === undefined ? {} : { requires }),
    evidence: { path, key },
  };
}
