import { digestHex, digestOf } from '#core/digest.ts';
import type { Note } from '#core/note.ts';
import type { Package } from '#core/package.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { comparators } from '#versions/comparators.ts';
import { type MatchName, matchNames, namingWorld } from './match-name.ts';

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
  /** Packages that no advisory can speak of, and what may not fit: said, never passed over. */
  readonly notes: readonly Note[];
}

/** Largest set: keeps one ingest statement under 2 MiB of parameters. */
const setSize = 4000;

/** The package sets of an image report: pure, the same report always gives the same digests. */
export function packageSets(report: Pick<ImageReport, 'distro' | 'packages'>): ImageSets {
  const world = namingWorld(report);
  const byLayer = new Map<string, Map<string, SetMember>>();
  const unjudged = new Map<string, Package[]>();
  for (const found of report.packages) {
    const named = matchNames(found, world);
    if (named.kind === 'unjudged') {
      const why = `${found.type}\n${named.reason}`;
      const same = unjudged.get(why);
      if (same === undefined) unjudged.set(why, [found]);
      else same.push(found);
      continue;
    }
    const layer = found.layer ?? '';
    const members = byLayer.get(layer) ?? new Map<string, SetMember>();
    for (const name of named.names)
      members.set(`${name.namespace}\n${name.name}\n${found.purl}`, memberOf(found, name));
    byLayer.set(layer, members);
  }
  const sets = [...byLayer.values()].flatMap(splitSets);
  const namespaces = new Set(sets.flatMap((set) => set.members.map((member) => member.namespace)));
  const caveat = sets.length === 0 ? null : (world.advisories?.caveat ?? null);
  return {
    sets,
    namespaces: [...namespaces].sort(),
    notes: [...[...unjudged].map(unjudgedNote), ...(caveat === null ? [] : [note(caveat)])],
  };
}

function memberOf(found: Package, named: MatchName): SetMember {
  const { namespace, name, version, scheme } = named;
  return { namespace, name, purl: found.purl, version, key: keyOf(named), rules: comparators[scheme].rules };
}

/** The key of a name's version in hex; null when it cannot be placed. */
export function keyOf({ scheme, version }: MatchName): string | null {
  const parsed = comparators[scheme].parse(version);
  return parsed.kind === 'version' ? Buffer.from(parsed.key).toString('hex') : null;
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

const namedPackages = 3;

function unjudgedNote([why, packages]: readonly [string, readonly Package[]]): Note {
  const [type = '', reason = ''] = why.split('\n');
  const names = [...new Set(packages.map(({ name }) => name))];
  const some = names.slice(0, namedPackages).join(', ') + (names.length > namedPackages ? ', ...' : '');
  const counted = packages.length === 1 ? `1 ${type} package is` : `${packages.length} ${type} packages are`;
  return note(`${counted} not judged: ${reason} (${some})`);
}

function note(problem: string): Note {
  return { analyzer: 'match', layer: null, path: null, problem };
}
