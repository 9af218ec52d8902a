import { coordinateId, coordinateVersion } from './coordinates.ts';

/** The coordinates of a file in a repository. */
export interface RepositoryCoordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/**
 * The coordinates by which Maven, Karaf (`system/`), coursier and Gradle file what they fetched; null for a path of no such
 * layout: `.../repository/org/acme/tool/1.0/tool-1.0.jar` (Maven repository layout), `.../files-2.1/org.acme/tool/1.0/HASH/tool-1.0.jar`.
 */
export function repositoryCoordinates(path: string): RepositoryCoordinates | null {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const gradle = folders.lastIndexOf('files-2.1');
  const [group, artifact, version] =
    gradle >= 0 && folders.length === gradle + 5 ? folders.slice(gradle + 1) : mavenLayout(folders);
  if (group === undefined || artifact === undefined || version === undefined) return null;
  const ids = { group: coordinateId(group), artifact: coordinateId(artifact), version: coordinateVersion(version) };
  if (ids.group === null || ids.artifact === null || ids.version === null) return null;
  // A snapshot's file has a time where its folder says SNAPSHOT.
  if (!file.startsWith(`${artifact}-${version.replace(/SNAPSHOT$/, '')}`)) return null;
  return { group: ids.group, artifact: ids.artifact, version: ids.version };
}

const roots: ReadonlySet<string> = new Set(['repository', 'system', 'maven2', 'maven-repo', 'repo', 'repo1', 'm2repo']);

function mavenLayout(folders: readonly string[]): readonly string[] {
  const root = folders.findIndex(
    (folder, at) =>
      roots.has(folder) && at + 3 < folders.length && folders.slice(at + 1, -2).every((part) => !part.includes('.')),
  );
  if (root < 0) return [];
  return [folders.slice(root + 1, -2).join('.'), folders.at(-2)!, folders.at(-1)!];
}
