import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { identifyArchive, type JavaPackage } from '../java/identify-archive.ts';
import { isArchiveName, type ReadArchive, readArchives } from '../java/read-archives.ts';
import { languagePackage } from '../language-package.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';

/**
 * Packages of Java in archives of any kind, also those in archives and those that others were shaded into: named
 * `GROUP:ARTIFACT` as advisories name them, or `ARTIFACT` where nothing tells the group.
 *
 * Metadata: `identified-by` (`pom.properties`, `pom.xml`, `repository` layout, `manifest`, file `name`), `group` (`declared`,
 * `known` by the artifact, `guessed` from the manifest; left out without one), `extension` of the archive, `maven-version`,
 * `pom.properties` (rebuilt), `specification-version` and `implementation-version` (of the archive itself), `origin`.
 */
export const java: Analyzer = {
  name: 'java',
  reads: 'jar, war, ear, hpi and their kin, archives in archives',
  version: 2,
  wants: isArchiveName,
  read: readPackages,
  assemble: assemblePackages,
};

/** What is kept of a package in an archive. */
interface JavaFact extends Omit<JavaPackage, 'licenses'> {
  readonly inside: string;
  readonly extension: string;
  readonly licenses: readonly string[];
  readonly specification?: string;
  readonly implementation?: string;
  /** Vendor of the implementation, or else of the specification or bundle. */
  readonly vendor?: string;
}

/** Archives within archives have names; longer ones than this together are cut. */
const maxInside = 4096;

function* readPackages(file: WantedFile): Iterable<Fact> {
  for (const archive of readArchives(file)) {
    for (const found of identifyArchive(archive)) {
      const data = factOf(archive, found);
      yield { key: [found.group ?? '', found.artifact, found.version, data.inside].join(' '), data };
    }
  }
}

function factOf(archive: ReadArchive, found: JavaPackage): JavaFact {
  const licenses = found.licenses.map(declaredLicense).filter((license) => license !== null);
  const data: JavaFact = {
    ...found,
    licenses: [...new Set(licenses)],
    inside: archive.inside.slice(0, maxInside),
    extension: archive.path.slice(archive.path.lastIndexOf('.') + 1).toLowerCase(),
  };
  if (found.role === 'shaded') return data;
  // `%Bundle-Vendor` stands for a text of a translation.
  const attribute = (name: string) => archive.manifest?.get(name)?.replace(/^%.*/, '') || null;
  const specification = attribute('specification-version');
  const implementation = attribute('implementation-version');
  const vendor = personText(
    attribute('implementation-vendor') ?? attribute('specification-vendor') ?? attribute('bundle-vendor'),
    null,
  );
  return {
    ...data,
    ...(specification === null ? {} : { specification }),
    ...(implementation === null ? {} : { implementation }),
    ...(vendor === null ? {} : { vendor }),
  };
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as JavaFact);
  }
}

function foundPackage(path: string, key: string, fact: JavaFact): FoundPackage {
  const { group, artifact, version, inside, licenses, vendor } = fact;
  return languagePackage({
    type: 'java',
    name: group === null ? artifact : `${group}:${artifact}`,
    version,
    purl: formatPurl({ type: 'maven', namespace: group ?? '', name: artifact, version }),
    licenses: licenses.flatMap(licenseNames),
    vendor: vendor ?? null,
    metadata: metadataOf(fact),
    evidence: { path, key },
    ...(inside === '' ? {} : { inside }),
  });
}

function metadataOf(fact: JavaFact): Readonly<Record<string, string>> {
  const { group, certainty, artifact, version, from, extension, specification, implementation, vendor } = fact;
  const maven = from === 'pom.properties' || from === 'pom.xml';
  const origin = (maven ? group : null) ?? vendor;
  return {
    'identified-by': from,
    extension,
    ...(certainty === null ? {} : { group: certainty }),
    ...(maven ? { 'maven-version': version } : {}),
    ...(maven ? { 'pom.properties': `groupId=${group ?? ''}\nartifactId=${artifact}\nversion=${version}\n` } : {}),
    ...(specification === undefined ? {} : { 'specification-version': specification }),
    ...(implementation === undefined ? {} : { 'implementation-version': implementation }),
    ...(origin === undefined ? {} : { origin }),
  };
}
