import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { isObject, type JsonObject, scalarText } from '../texts/json-file.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { readYamlFile } from '../texts/yaml-file.ts';

/**
 * Packages of Dart and Flutter that a `pubspec.lock` names (dart.dev: the pubspec lockfile): those of a server or a repository;
 * what comes with an SDK or lies beside the project has no release of its own. Metadata: `dependency` (`direct main`,
 * `direct dev`, `direct overridden`, `transitive`).
 */
export const dart: Analyzer = {
  name: 'dart',
  reads: '`pubspec.lock`',
  version: 1,
  wants: (path) => path.endsWith('pubspec.lock') && (path.length === 12 || path.at(-13) === '/'),
  read: readLock,
  assemble: assemblePackages,
};

/** Locks of large applications have some 100 kB. */
const maxBytes = 4 * 1024 * 1024;

interface Locked extends Listed {
  readonly dependency?: string;
  /** The server, unless it is pub.dev. */
  readonly registry?: string;
  readonly vcsUrl?: string;
}

function* readLock(file: WantedFile): Iterable<Fact> {
  const { packages } = readYamlFile(file.content, maxBytes);
  if (isObject(packages)) yield* listedFacts(lockedPackages(packages));
}

function* lockedPackages(packages: JsonObject): Iterable<Locked> {
  for (const [key, entry] of Object.entries(packages)) {
    if (!isObject(entry) || (entry['source'] !== 'hosted' && entry['source'] !== 'git')) continue;
    const described = isObject(entry['description']) ? entry['description'] : {};
    const server = described['url'];
    const git = entry['source'] === 'git' ? vcsUrl(server, described['resolved-ref']) : null;
    const dependency = /^(direct (main|dev|overridden)|transitive)$/.exec(scalarText(entry['dependency']))?.[0];
    yield {
      name: described['name'] ?? key,
      version: entry['version'],
      ...(dependency === undefined ? {} : { dependency }),
      ...(git === null ? {} : { vcsUrl: git }),
      ...(entry['source'] === 'hosted' && isForeign(server) ? { registry: server } : {}),
    };
  }
}

function isForeign(server: unknown): server is string {
  return (
    typeof server === 'string' &&
    /^https?:\/\/\S{1,500}$/.test(server) &&
    !/\/\/pub\.(dev|dartlang\.org)\/?$/.test(server)
  );
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, dependency, registry, vcsUrl: vcs } = data as Locked & { name: string; version: string };
      yield languagePackage({
        type: 'pub',
        name,
        version,
        purl: formatPurl({ type: 'pub', name, version, qualifiers: { repository_url: registry, vcs_url: vcs } }),
        declared: 'lock',
        ...(dependency === undefined ? {} : { metadata: { dependency } }),
        evidence: { path, key },
      });
    }
  }
}
