import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { isObject, type JsonObject, readJsonFile, scalarText } from '../texts/json-file.ts';

/**
 * Packages of Swift that a `Package.resolved` pins, in any of its three versions (SwiftPM: ResolvedPackagesStore). A package is
 * its repository (`github.com/apple/swift-nio`), or `scope.name` of a registry; packages on the disk are left out. One pinned to
 * a branch has its commit for a version. Metadata: `commit`.
 */
export const swift: Analyzer = {
  name: 'swift',
  reads: '`Package.resolved`',
  version: 1,
  wants: (path) => path.endsWith('Package.resolved') && (path.length === 16 || path.at(-17) === '/'),
  read: readResolved,
  assemble: assemblePackages,
};

const maxBytes = 4 * 1024 * 1024;

interface Pin extends Listed {
  readonly commit?: string;
}

function* readResolved(file: WantedFile): Iterable<Fact> {
  const json = readJsonFile(file.content, maxBytes);
  const holder = isObject(json['object']) ? json['object'] : json;
  if (Array.isArray(holder['pins'])) yield* listedFacts(pinned(holder['pins']));
}

function* pinned(pins: readonly unknown[]): Iterable<Pin> {
  for (const pin of pins) {
    if (!isObject(pin) || pin['kind'] === 'localSourceControl') continue;
    const state = isObject(pin['state']) ? pin['state'] : {};
    const commit = /^[0-9a-f]{7,64}$/.exec(scalarText(state['revision']))?.[0];
    yield { name: nameOf(pin), version: state['version'] ?? commit, ...(commit === undefined ? {} : { commit }) };
  }
}

/** The place of the repository as purls and advisories have it, without scheme, user and `.git`. */
function nameOf(pin: JsonObject): unknown {
  if (pin['kind'] === 'registry') return pin['identity'];
  const location = pin['location'] ?? pin['repositoryURL'];
  if (typeof location !== 'string') return null;
  return location
    .slice(0, 1024)
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):(?!\d+\/)/, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, commit } = data as Pin & { name: string; version: string };
      const slash = name.lastIndexOf('/');
      yield languagePackage({
        type: 'swift',
        name,
        version,
        purl: formatPurl({
          type: 'swift',
          namespace: name.slice(0, Math.max(0, slash)),
          name: name.slice(slash + 1),
          version,
        }),
        declared: 'lock',
        ...(commit === undefined ? {} : { metadata: { commit } }),
        evidence: { path, key },
      });
    }
  }
}
