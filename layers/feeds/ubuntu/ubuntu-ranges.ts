import type { FixState } from '#schema/finding.ts';
import { comparators } from '#versions/comparators.ts';
import type { AffectedRange } from '../advisory.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import { type Stretch, stretchesOf } from '../osv/osv-ranges.ts';
import type { NoticeDates } from './ubuntu-notices.ts';
import type { StatementState, Statements } from './ubuntu-statements.ts';
import { ecosystemStream, isEsm, sourcePurl } from './ubuntu-stream.ts';

/** What a record says of one source package in one release. */
export interface UbuntuPackage {
  readonly release: string;
  readonly name: string;
  /** Stretches in the archive that everybody has, and in extended maintenance. */
  readonly base: Stretch[];
  readonly esm: ChannelStretch[];
  /** Stretches of builds of another lineage: they never judge those of the archive. */
  readonly lineages: AffectedRange[];
  /** Ubuntu's priority of this package; null when the record has one for all. */
  priority: string | null;
}

export interface ChannelStretch extends Stretch {
  readonly channel: string;
}

const maxAffected = 20_000;

/** The packages of a record's `affected`, by release and name: `22.04 curl`. What cannot be read is added to `problems`. */
export function readPackages(affected: unknown, problems: Set<string>): ReadonlyMap<string, UbuntuPackage> {
  const packages = new Map<string, UbuntuPackage>();
  const entries = array(affected);
  if (entries.length > maxAffected) problems.add(`more than ${maxAffected} affected packages: the rest is left out`);
  for (const entry of entries.slice(0, maxAffected).map(object)) {
    const its = object(entry?.['package']);
    const ecosystem = text(its?.['ecosystem'], 200);
    const name = text(its?.['name'], 200);
    if (entry === null || ecosystem === null || name === null) continue;
    const stream = ecosystemStream(ecosystem);
    // NVIDIA's systems are built apart, and are none of the images that say that they are Ubuntu.
    if (/^Ubuntu:Nvidia-/i.test(ecosystem)) continue;
    if (stream === null) {
      problems.add(`the ecosystem '${ecosystem}' is not known`);
      continue;
    }
    const stretches = stretchesIn(entry['ranges'], problems);
    const { release, tier } = stream;
    const key = `${release} ${name}`;
    const found = packages.get(key) ?? { release, name, base: [], esm: [], lineages: [], priority: null };
    packages.set(key, found);
    found.priority ??= text(object(entry['ecosystem_specific'])?.['ubuntu_priority'], 40);
    if (tier === 'base') found.base.push(...stretches);
    else if (tier === 'esm') {
      const channel = channelOf(text(its?.['purl'], 1000) ?? '');
      found.esm.push(...stretches.map((stretch) => ({ ...stretch, channel })));
    } else found.lineages.push(...lineageRanges({ release, name, channel: tier, entry, stretches }));
  }
  return packages;
}

/**
 * The ranges of a package. A mend that everybody can have stands alone. One that only extended maintenance has stands in its
 * channel, in place of "not mended": whoever has it installed has the mend. Without a mend, the statements say what will be,
 * or that somebody looked and the code is not there.
 */
export function packageRanges(
  found: UbuntuPackage,
  statements: Statements,
  dates: NoticeDates,
): readonly AffectedRange[] {
  const { release, name, base, esm, lineages } = found;
  const stated = statements.get(`${release} ${name}`);
  const subject = { namespace: `ubuntu:${release}`, name };
  const dated = (stretch: Stretch) => {
    const fixedAt = stretch.fixed === null ? null : dates.of(release, name, stretch.fixed);
    return fixedAt === null ? stretch : { ...stretch, fixedAt };
  };
  const mended = base.filter(isMend);
  if (mended.length > 0) return [...mended.map((one) => ({ ...subject, ...dated(one) })), ...lineages];
  const cleared = stated?.base === 'cleared';
  const elsewhere = cleared ? [] : esm.filter(isMend);
  if (elsewhere.length > 0) return [...elsewhere.map((one) => ({ ...subject, ...dated(one) })), ...lineages];
  const open = base.length > 0 ? base : esm.map(({ channel: _, ...stretch }) => stretch);
  if (open.length === 0 || cleared || stated?.esm === 'cleared') return lineages;
  const state = fixState(stated?.base) ?? fixState(stated?.esm) ?? 'not-fixed';
  return [...distinct(open).map((one) => ({ ...subject, ...one, state })), ...lineages];
}

const isMend = ({ fixed }: Stretch) => fixed !== null;

function fixState(state: StatementState | null | undefined): FixState | null {
  return state === null || state === undefined || state === 'cleared' ? null : state;
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function stretchesIn(ranges: unknown, problems: Set<string>): readonly Stretch[] {
  return array(ranges).flatMap((range) => {
    const its = object(range);
    if (its?.['type'] !== 'ECOSYSTEM') return [];
    const stretches = stretchesOf(its['events'], comparators.deb, null);
    if (typeof stretches !== 'string') return stretches;
    problems.add(stretches);
    return [];
  });
}

/** Where extended maintenance keeps it; older records say only that it is part of it. */
function channelOf(purl: string): string {
  const pocket = sourcePurl(purl)?.pocket ?? '';
  return isEsm(pocket) ? pocket : 'esm';
}

interface LineageEntry {
  readonly release: string;
  readonly name: string;
  readonly channel: string;
  readonly entry: Json;
  readonly stretches: readonly Stretch[];
}

/**
 * Certified builds have the names of the archive's packages, and versions like `1.1.1f-1ubuntu2.fips.7`. They are judged by
 * those versions: the ones that are listed, and up to a mend all that begin the same (`1.1.1f-1ubuntu2.fips`), between which no
 * version of the archive lies. Packages that only the lineage has (`linux-fips`, `linux-realtime`) are judged as they are.
 */
function lineageRanges({ release, name, channel, entry, stretches }: LineageEntry): readonly AffectedRange[] {
  const subject = { namespace: `ubuntu:${release}`, name };
  if (/(?:^|-)(?:fips|realtime)(?:-|$)/.test(name)) return stretches.map((one) => ({ ...subject, ...one, channel }));
  const mends = stretches.flatMap(({ fixed }) => {
    const introduced = fixed === null ? undefined : /^.*?fips/i.exec(fixed)?.[0];
    return introduced === undefined
      ? []
      : { ...subject, introduced, fixed, lastAffected: null, state: 'fixed' as const, channel };
  });
  const listed = array(entry['versions']).filter(
    (one) => typeof one === 'string' && one.length <= 256 && /fips/i.test(one),
  );
  const versions = (listed as string[]).filter((one) => !mends.some(({ introduced }) => one.startsWith(introduced)));
  if (versions.length === 0) return mends;
  const state = mends.length > 0 ? ('unknown' as const) : ('not-fixed' as const);
  return [...mends, { ...subject, introduced: null, fixed: null, lastAffected: null, versions, state }];
}
