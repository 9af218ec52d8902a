import { coordinateId } from './coordinates.ts';
import { knownGroup } from './known-artifacts.ts';
import type { Manifest } from './manifest.ts';

/**
 * How sure the group of a package is: `declared` by Maven's files, the layout of a repository or the archive's own Group-Id, `known`
 * by the artifact's name, `guessed` from what else the manifest says.
 */
export type GroupCertainty = 'declared' | 'known' | 'guessed';

/** An artifact with the group it belongs to; null where nothing tells it. */
export interface GroupedArtifact {
  readonly group: string | null;
  readonly certainty: GroupCertainty | null;
  readonly artifact: string;
}

/**
 * The group of an artifact that no file of Maven tells of. A group that stands before the artifact's name, as Quarkus and sbt
 * write it (`com.squareup.okhttp3.okhttp`), is taken off.
 */
export function artifactGroup(artifact: string, version: string, manifest: Manifest): GroupedArtifact {
  const declared = coordinateId(manifest.get('group-id'));
  if (declared !== null) return { group: declared, certainty: 'declared', artifact };
  // Plugins of Jenkins; most are of its own group.
  if (manifest.has('plugin-version')) return { group: 'org.jenkins-ci.plugins', certainty: 'guessed', artifact };
  const major = Number(/^\D*(\d{1,9})/.exec(version)?.[1] ?? 0);
  const known = knownGroup(artifact, major);
  if (known !== null) return { group: known, certainty: 'known', artifact };
  const vendor = reversedDomain(manifest.get('implementation-vendor-id'));
  for (let dot = artifact.indexOf('.'); dot > 0; dot = artifact.indexOf('.', dot + 1)) {
    const [before, behind] = [artifact.slice(0, dot), artifact.slice(dot + 1)];
    if (knownGroup(behind, major) === before) return { group: before, certainty: 'known', artifact: behind };
    if (vendor === before) return { group: before, certainty: 'guessed', artifact: behind };
  }
  const group = manifestGroup(artifact, vendor, manifest);
  return { group, certainty: group === null ? null : 'guessed', artifact };
}

/** A group by what the tools that build jars make of it. */
function manifestGroup(artifact: string, vendor: string | null, manifest: Manifest): string | null {
  const symbolic = manifest.get('bundle-symbolicname')?.replace(/;.*$/, '').trim() ?? '';
  const bundle = symbolicGroup(symbolic, artifact);
  // A group that ends like the artifact is left as it is: `com.google.guava` and `guava`.
  return symbolic === vendor ? vendor : (bundle ?? vendor);
}

/**
 * The group in the symbolic name of a bundle (Apache Felix, Maven bundle plugin: `GROUP.ARTIFACT`, where the artifact leaves out
 * what the group ends with): `org.apache.commons.lang3` and `commons-lang3` are of org.apache.commons.
 */
function symbolicGroup(symbolic: string, artifact: string): string | null {
  const dot = symbolic.endsWith(`.${artifact}`) ? symbolic.length - artifact.length - 1 : symbolic.lastIndexOf('.');
  const group = symbolic.slice(0, Math.max(0, dot));
  const rest = symbolic.slice(dot + 1);
  const last = group.slice(group.lastIndexOf('.') + 1);
  return rest === artifact || `${last}-${rest}` === artifact ? reversedDomain(group) : null;
}

function reversedDomain(text: string | undefined): string | null {
  return text !== undefined && text.length <= 256 && /^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+$/i.test(text) ? text : null;
}
