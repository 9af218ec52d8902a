import { digestHex, digestOf } from '#core/digest.ts';
import type { Note } from '#core/note.ts';
import type { Package } from '#core/package.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { comparators } from '#versions/comparators.ts';
import { distroNamespace } from '#core/distro.ts';
import { type MatchName, matchName } from './match-name.ts';

/** A package as the database judges it: one match name, its key in hex, null when its version cannot be placed. */
export interface SetMember {
  readonly namespace: string;
  readonly name: string;
  readonly purl: string;
  readonly version: string;
  readonly key: string | null;
  readonly rules: number;
}

/** What one layer contributes to an image, named by its content, so that a shared base is stored once for all images. */
export interface PackageSet {
  /** 64 hex digits. */
  readonly digest: string;
  readonly members: readonly SetMember[];
}

/** The sets of an image and what cannot be judged in it. */
export interface ImageSets {
  readonly sets: readonly PackageSet[];
  /** Advisory namespaces that the image needs, sorted. */
  readonly namespaces: readonly string[];
  /** Packages under no namespace: said, never passed over. */
  readonly notes: readonly Note[];
}

/** Largest set: keeps one ingest statement under 2 MiB of parameters. */
const setSize = 4000;

/** The package sets of an image report: pure, the same report always gives the same digests. */
export function packageSets(report: ImageReport): ImageSets {
  const distro = distroNamespace(report.distro);
  const byLayer = new Map<string, Map<string, SetMember>>();
  const unmapped = new Map<string, number>();
  for (const found of report.packages) {
    const named = matchName(found, distro);
    if (named === null) {
      unmapped.set(found.type, (unmapped.get(found.type) ?? 0) + 1);
      continue;
    }
    const layer = found.layer ?? '';
    const members = byLayer.get(layer) ?? new Map<string, SetMember>();
    members.set(`${named.namespace}\n${named.name}\n${found.purl}`, memberOf(found, named));
    byLayer.set(layer, members);
  }
  const sets = [...byLayer.values()].flatMap(splitSets);
  const namespaces = new Set(sets.flatMap((set) => set.members.map((member) => member.namespace)));
  return { sets, namespaces: [...namespaces].sort(), notes: unmappedNotes(report, unmapped) };
}

function memberOf(found: Package, named: MatchName): SetMember {
  const comparator = comparators[named.scheme];
  const parsed = comparator.parse(named.version);
  return {
    namespace: named.namespace,
    name: named.name,
    purl: found.purl,
    version: named.version,
    key: parsed.kind === 'version' ? Buffer.from(parsed.key).toString('hex') : null,
    rules: comparator.rules,
  };
}

function splitSets(members: ReadonlyMap<string, SetMember>): PackageSet[] {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const sets: PackageSet[] = [];
  for (let at = 0; at < sorted.length; at += setSize) {
    const part = sorted.slice(at, at + setSize);
    const content = part.map(([key, member]) => `${key}\n${member.rules}`).join('\n\n');
    sets.push({ digest: digestHex(digestOf(content)), members: part.map(([, member]) => member) });
  }
  return sets;
}

function unmappedNotes(report: ImageReport, unmapped: ReadonlyMap<string, number>): Note[] {
  const distro =
    report.distro === null
      ? 'a distribution that is not named'
      : `${report.distro.id} ${report.distro.versionId ?? ''}`.trim();
  return [...unmapped].map(([type, count]) => ({
    analyzer: 'match',
    layer: null,
    path: null,
    problem: `${count} ${type} packages are not judged: no advisory namespace for ${distro}`,
  }));
}
