import type { Project } from './archive-content.ts';
import type { JarName } from './jar-name.ts';
import type { Manifest } from './manifest.ts';

/**
 * Of the projects in an archive the one that the archive itself is: whose name the file has, or else the manifest. A single
 * project is it under any name, unless the archive has another version and so is something else with that project in it. Null
 * when none is it.
 */
export function ownProject(
  projects: readonly Project[],
  name: JarName,
  manifest: Manifest,
  version: string | null,
): Project | null {
  let best: Project | null = null;
  let most = 0;
  for (const project of projects) {
    const alike = likeness(project, name, manifest);
    if (alike > most) [best, most] = [project, alike];
  }
  const [only] = projects;
  if (best !== null || only === undefined || projects.length > 1) return best;
  return version === null || only.version === null || version === only.version ? only : null;
}

function likeness({ group, artifact, version }: Project, { stem, ...name }: JarName, manifest: Manifest): number {
  const own = folded(artifact);
  // Quarkus and sbt put the group before the name of the file.
  const names = [own, folded(`${group}.${artifact}`)];
  const named = name.artifact !== null && names.includes(folded(name.artifact));
  if (named && version !== null && name.version === version) return 4;
  if (version !== null && names.some((one) => folded(stem).startsWith(`${one}-${folded(version)}`))) return 3;
  if (named) return 2;
  return titles.some((title) => folded(manifest.get(title)?.replace(/;.*$/, '') ?? '') === own) ? 1 : 0;
}

/** Distributions and OSGi write `-`, `_` and `.` for one another. */
const folded = (text: string) => text.toLowerCase().replace(/[_.]/g, '-');

const titles = ['implementation-title', 'short-name', 'extension-name', 'bundle-symbolicname'];
