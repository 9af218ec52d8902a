import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { languagePackage } from '../language-package.ts';
import { licenseNames, declaredLicense } from '../licenses/spdx.ts';
import { type Listed, listedFacts } from '../listed-facts.ts';
import { stanzas } from '../texts/deb822.ts';
import { isObject, scalarText } from '../texts/json-file.ts';
import { textLines } from '../texts/text-lines.ts';
import { readYamlFile } from '../texts/yaml-file.ts';

/**
 * Packages of Haskell: those of GHC's package databases (`*.conf` in `package.conf.d` and `package.db`; Cabal: the installed
 * package info), which are there to be compiled against, and those that `stack.yaml.lock` and `cabal.project.freeze` name.
 */
export const haskell: Analyzer = {
  name: 'haskell',
  reads: 'package databases of GHC, `stack.yaml.lock`, `cabal.project.freeze`',
  version: 1,
  wants: (path, size) => partOf(path) !== null && size <= maxBytes,
  read: readFile,
  assemble: assemblePackages,
};

const maxBytes = 4 * 1024 * 1024;

type Part = 'installed' | 'stack' | 'freeze';

function partOf(path: string): Part | null {
  if (path.endsWith('.conf')) return /(^|\/)package\.(conf\.d|db)\/[^/]+$/.test(path) ? 'installed' : null;
  if (path.endsWith('stack.yaml.lock')) return 'stack';
  return path.endsWith('cabal.project.freeze') ? 'freeze' : null;
}

/** The run-time system is a part of the compiler, and on no Hackage. */
const runtime = 'rts';

interface HaskellPackage extends Listed {
  readonly licenses?: readonly string[];
}

function* readFile(file: WantedFile): Iterable<Fact> {
  const part = partOf(file.path);
  if (part === 'installed') yield* listedFacts(registered(file));
  else if (part === 'stack') yield* listedFacts(completed(readYamlFile(file.content, maxBytes)['packages']));
  else yield* listedFacts(frozen(file));
}

/** Blank lines stand within fields. A library inside a package has the name of its package beside its own. */
function registered(file: WantedFile): readonly HaskellPackage[] {
  const fields = new Map<string, string>();
  for (const stanza of stanzas(file.content, ['name', 'package-name', 'version', 'license']))
    for (const [field, value] of stanza) if (!fields.has(field)) fields.set(field, value);
  const [name, version] = [fields.get('package-name') ?? fields.get('name'), fields.get('version')];
  const license = declaredLicense(fields.get('license') ?? '');
  if (name === undefined || version === undefined || name === runtime) return [];
  return [{ name, version, ...(license === null ? {} : { licenses: licenseNames(license) }) }];
}

/** `hackage: NAME-VERSION@sha256:HASH,SIZE`, or name and version of what came from a repository (Stack: lock files). */
function* completed(packages: unknown): Iterable<HaskellPackage> {
  for (const entry of Array.isArray(packages) ? packages : []) {
    const done = isObject(entry) && isObject(entry['completed']) ? entry['completed'] : {};
    const [, name, version] = /^([A-Za-z0-9-]{1,200}?)-([0-9.]+)(?:@|$)/.exec(scalarText(done['hackage'])) ?? [];
    yield { name: name ?? done['name'], version: version ?? done['version'] };
  }
}

/** `constraints: any.aeson ==2.0.3.0, aeson +flag, ...`, over lines or on one. */
function* frozen(file: WantedFile): Iterable<HaskellPackage> {
  for (const line of textLines(file.content)) {
    if (line.trimStart().startsWith('--')) continue;
    const constraints = line.matchAll(
      /(?:^|[\s,:])(?:any\.|setup\.)?([A-Za-z0-9-]{1,200})\s*==\s*([0-9]+(?:\.[0-9]+)*)(?=\s|,|$)/g,
    );
    for (const [, name, version] of constraints) if (name !== runtime) yield { name, version };
  }
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, licenses = [] } = data as HaskellPackage & { name: string; version: string };
      yield languagePackage({
        type: 'hackage',
        name,
        version,
        purl: formatPurl({ type: 'hackage', name, version }),
        licenses,
        ...(partOf(path) === 'installed' ? {} : { declared: 'lock' as const }),
        evidence: { path, key },
      });
    }
  }
}
