import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { isObject, type JsonObject, scalarText } from '../texts/json-file.ts';
import { readTomlFile } from '../texts/toml-file.ts';

/**
 * Packages of Julia: those in a depot (`packages/NAME/SLUG/Project.toml`) and the libraries of others that come with Julia itself
 * (`stdlib/vX.Y/NAME_jll`), and those that a `Manifest.toml` of either format names (Pkg.jl: Project.toml and Manifest.toml); of
 * the standard library only what has a version of its own, and nothing that lies beside the project. Metadata: `uuid`.
 */
export const julia: Analyzer = {
  name: 'julia',
  reads: 'packages of depots, `Manifest.toml`',
  version: 1,
  wants: (path, size) => path.endsWith('.toml') && partOf(path) !== null && size <= maxBytes,
  read: readFile,
  assemble: assemblePackages,
};

const maxBytes = 1024 * 1024;

type Part = 'manifest' | 'installed';

const manifestName = /(^|\/)(Julia)?Manifest(-v\d+\.\d+)?\.toml$/;
const installedName = /(^|\/)(packages\/[^/]+\/[A-Za-z0-9]{4,5}|stdlib\/v\d+\.\d+\/[^/]+_jll)\/(Julia)?Project\.toml$/;

function partOf(path: string): Part | null {
  if (manifestName.test(path)) return 'manifest';
  return path.endsWith('Project.toml') && installedName.test(path) ? 'installed' : null;
}

interface JuliaPackage extends Listed {
  readonly uuid?: string;
  readonly requires?: readonly string[];
}

function* readFile(file: WantedFile): Iterable<Fact> {
  const toml = readTomlFile(file.content, maxBytes);
  if (partOf(file.path) === 'manifest') yield* listedFacts(manifestPackages(toml));
  else if (isUuid(toml['uuid']))
    yield* listedFacts([{ name: toml['name'], version: toml['version'], ...identityOf(toml) }]);
}

/** Format 2 has packages under `deps`, format 1 on the top level; each name has a list of packages with that name. */
function* manifestPackages(toml: JsonObject): Iterable<JuliaPackage> {
  const holder = isObject(toml['deps']) ? toml['deps'] : toml;
  for (const [name, entries] of Object.entries(holder)) {
    for (const entry of Array.isArray(entries) ? entries : []) {
      // Without a uuid it is somebody else's Manifest.toml.
      if (!isObject(entry) || !isUuid(entry['uuid']) || entry['version'] === undefined || 'path' in entry) continue;
      yield { name, version: entry['version'], ...identityOf(entry) };
    }
  }
}

function identityOf(entry: JsonObject): Pick<JuliaPackage, 'uuid' | 'requires'> {
  const deps = entry['deps'];
  const names = Array.isArray(deps) ? deps : isObject(deps) ? Object.keys(deps) : [];
  const requires = names.filter((name): name is string => typeof name === 'string' && /^\w{1,200}$/.test(name));
  return {
    uuid: scalarText(entry['uuid']).toLowerCase(),
    ...(requires.length > 0 ? { requires: [...new Set(requires.slice(0, 1000))].sort() } : {}),
  };
}

function isUuid(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, uuid, requires } = data as JuliaPackage & { name: string; version: string; uuid: string };
      yield languagePackage({
        type: 'julia',
        name,
        version,
        purl: formatPurl({ type: 'julia', name, version, qualifiers: { uuid } }),
        ...(partOf(path) === 'installed' ? {} : { declared: 'lock' as const }),
        metadata: { uuid },
        ...(requires === undefined ? {} : { requires }),
        evidence: { path, key },
      });
    }
  }
}
