import type { ArchiveBudget } from '../archives/archive-budget.ts';
import { entryStart, openEntry, type Zip, type ZipEntry, zipEntries } from '../archives/zip.ts';
import { type Coordinates, coordinateId, coordinateVersion } from './coordinates.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { parsePomProperties } from './pom-properties.ts';
import { type Pom, parsePom } from './pom-xml.ts';

/** What identifies an archive. */
export interface ArchiveContent {
  readonly manifest: Manifest | null;
  /** The projects whose pom.properties or pom.xml it holds, in the order of its directory. */
  readonly projects: readonly Project[];
}

/** A project of Maven as its archiver leaves it in a jar. */
export interface Project extends Coordinates {
  /** As declared. */
  readonly licenses: readonly string[];
  /** Whether pom.properties told the coordinates. */
  readonly properties: boolean;
}

/**
 * What identifies an archive, and the archives in it, by the first entry of a name each. Problems are reported under
 * `place`; what was found beside them counts.
 */
export function archiveContent(
  zip: Zip,
  isArchive: (name: string) => boolean,
  place: string,
  budget: ArchiveBudget,
): { readonly content: ArchiveContent; readonly archives: readonly ZipEntry[] } {
  const archives = new Map<string, ZipEntry>();
  const folders = new Map<string, Folder>();
  const manifests: ZipEntry[] = [];
  const guarded = <T>(inner: string, work: () => T): T | null => {
    try {
      return work();
    } catch (thrown) {
      budget.report([place, inner].filter(Boolean).join(':'), thrown);
      return null;
    }
  };
  guarded('', () => {
    for (const entry of zipEntries(zip)) {
      budget.countEntry();
      if (isArchive(entry.name)) archives.set(entry.name, archives.get(entry.name) ?? entry);
      else if (isManifest(entry.name)) manifests.push(entry);
      else keepProjectFile(folders, entry);
    }
  });
  const read = (entry: ZipEntry) => guarded(entry.name, () => textOf(zip, entry, budget));
  const pomOf = (entry: ZipEntry) =>
    guarded(entry.name, () => {
      budget.countDocument(entry.size);
      return parsePom(Buffer.from(textOf(zip, entry, budget)).toString());
    });
  const manifest =
    manifests[0] === undefined ? null : guarded(manifests[0].name, () => manifestOf(zip, manifests[0]!, budget));
  const projects = [...folders.values()].map((folder) => projectOf(folder, read, pomOf));
  return {
    content: { manifest, projects: projects.filter((project) => project !== null) },
    archives: [...archives.values()],
  };
}

/** What is read, packed, of a manifest, which may go on with a section for every file. */
const manifestBytes = 256 * 1024;
/** Of pom.xml and pom.properties; larger ones are not read. */
const textBytes = 1024 * 1024;
/** Projects of one archive that are looked at; the largest applications in one jar have some hundreds. */
const mostProjects = 5000;

function manifestOf(zip: Zip, entry: ZipEntry, budget: ArchiveBudget): Manifest {
  budget.countBytes(Math.min(entry.size, manifestBytes));
  return parseManifest(entryStart(zip, entry, manifestBytes));
}

function textOf(zip: Zip, entry: ZipEntry, budget: ArchiveBudget): Uint8Array {
  budget.countBytes(Math.min(entry.size, textBytes));
  return openEntry(zip, entry, textBytes).all(textBytes);
}

/** `META-INF/maven/GROUP/ARTIFACT/`, also below the folders of classes in wars and Spring Boot's jars. */
interface Folder {
  readonly group: string;
  readonly artifact: string;
  properties?: ZipEntry;
  pom?: ZipEntry;
}

const isManifest = (name: string) => name.length === 20 && /^META-INF\/MANIFEST\.MF$/i.test(name);

function keepProjectFile(folders: Map<string, Folder>, entry: ZipEntry): void {
  if (!entry.name.endsWith('/pom.properties') && !entry.name.endsWith('/pom.xml')) return;
  const [, path, group, artifact, file] =
    /^((?:.*\/)?META-INF\/maven\/([^/]+)\/([^/]+))\/(pom\.properties|pom\.xml)$/.exec(entry.name) ?? [];
  if (path === undefined || group === undefined || artifact === undefined) return;
  const folder = folders.get(path) ?? { group, artifact };
  if (folders.size >= mostProjects) return;
  folders.set(path, folder);
  if (file === 'pom.xml') folder.pom ??= entry;
  else folder.properties ??= entry;
}

type Read = (entry: ZipEntry) => Uint8Array | null;

function projectOf(folder: Folder, read: Read, pomOf: (entry: ZipEntry) => Pom | null): Project | null {
  const properties = folder.properties === undefined ? null : read(folder.properties);
  const told = properties === null ? null : parsePomProperties(Buffer.from(properties).toString());
  const pom = folder.pom === undefined ? null : pomOf(folder.pom);
  const artifact = coordinateId(told?.artifactId) ?? coordinateId(pom?.artifactId) ?? coordinateId(folder.artifact);
  if (artifact === null || (told === null && pom === null)) return null;
  return {
    group: coordinateId(told?.groupId) ?? coordinateId(pom?.groupId) ?? coordinateId(folder.group),
    artifact,
    version: coordinateVersion(told?.version) ?? coordinateVersion(pom?.version),
    licenses: pom?.licenses ?? [],
    properties: coordinateVersion(told?.version) !== null,
  };
}
