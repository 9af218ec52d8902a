import type { ArchiveContent, Project } from './archive-content.ts';
import { artifactGroup, type GroupedArtifact } from './artifact-group.ts';
import { bundleLicenses } from './bundle-license.ts';
import { coordinateVersion } from './coordinates.ts';
import { type JarName, parseJarName } from './jar-name.ts';
import { tomcatArtifact } from './known-artifacts.ts';
import type { Manifest } from './manifest.ts';
import { ownProject } from './own-project.ts';
import { repositoryCoordinates } from './repository-path.ts';

/** An archive with its path in the image or in the archive around it. */
export interface NamedArchive extends ArchiveContent {
  readonly path: string;
}

/** A package in an archive. */
export interface JavaPackage extends GroupedArtifact {
  readonly version: string;
  /** The archive itself, or something that was packed into it. */
  readonly role: 'archive' | 'shaded';
  /** What its coordinates are from. */
  readonly from: 'pom.properties' | 'pom.xml' | 'repository' | 'manifest' | 'name';
  /** As declared. */
  readonly licenses: readonly string[];
}

/**
 * The packages that an archive is: itself, where that can be told, and whatever was shaded into it. Without a project that is the
 * archive itself the layout of a repository, the name of the file and the manifest tell, in this order. An archive without any
 * version is no package, nor is one of sources or documentation.
 */
export function identifyArchive(archive: NamedArchive): readonly JavaPackage[] {
  const name = parseJarName(archive.path);
  if (name.classifier === 'sources' || name.classifier === 'javadoc') return [];
  const manifest = archive.manifest ?? none;
  const version = versionOf(name, manifest);
  const licenses = bundleLicenses(manifest.get('bundle-license') ?? '');
  const own = ownProject(archive.projects, name, manifest, version);
  const itself =
    own === null
      ? withoutProject(archive, name, manifest, version, licenses)
      : ofProject({ ...own, version: own.version ?? version }, 'archive', licenses);
  const shaded = archive.projects
    .filter((project) => project !== own)
    .map((project) => ofProject(project, 'shaded', []));
  const found = [itself, ...shaded].filter((one) => one !== null);
  return [...Map.groupBy(found, (one) => `${one.group}:${one.artifact}:${one.version}`).values()].map(
    ([first]) => first!,
  );
}

const none: Manifest = new Map();

/** The version of the archive itself: that of its name, with what the manifest knows to belong to it, or else the manifest's. */
function versionOf({ stem, version }: JarName, manifest: Manifest): string | null {
  const told = versionNames.map((name) => coordinateVersion(manifest.get(name))).find((one) => one !== null) ?? null;
  if (version === null) return told;
  return told?.startsWith(`${version}-`) && stem.endsWith(`-${told}`) ? told : version;
}

const versionNames = ['plugin-version', 'implementation-version', 'bundle-version', 'specification-version'];

function ofProject(project: Project, role: JavaPackage['role'], licenses: readonly string[]): JavaPackage | null {
  const { group, artifact, version, properties } = project;
  if (version === null) return null;
  return {
    group,
    certainty: group === null ? null : 'declared',
    artifact,
    version,
    role,
    from: properties ? 'pom.properties' : 'pom.xml',
    licenses: project.licenses.length > 0 ? project.licenses : licenses,
  };
}

function withoutProject(
  { path, manifest: written }: NamedArchive,
  name: JarName,
  manifest: Manifest,
  version: string | null,
  licenses: readonly string[],
): JavaPackage | null {
  const filed = repositoryCoordinates(path);
  if (filed !== null) return { ...filed, certainty: 'declared', role: 'archive', from: 'repository', licenses };
  if (written === null && !ofJava.test(path)) return null;
  const artifact = name.version === null ? calledArtifact(name, manifest) : name.artifact;
  if (artifact === null || version === null) return null;
  const from = name.version === null ? 'manifest' : 'name';
  return { ...artifactGroup(artifact, version, manifest), version, role: 'archive', from, licenses };
}

/** Endings of which a file name alone tells a package. Others are common outside of Java. */
const ofJava = /\.(?:jar|war|ear|jpi|hpi)$/i;

/** The artifact of a file whose name has no version: what the build calls it, unless that is a name for people. */
function calledArtifact(name: JarName, manifest: Manifest): string | null {
  const title = manifest.get('implementation-title') ?? '';
  if (name.artifact !== null && title === 'Apache Tomcat') return tomcatArtifact(name.artifact) ?? name.artifact;
  const called = [manifest.get('short-name') ?? '', title].find((text) =>
    /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/.test(text),
  );
  return called ?? name.artifact;
}
