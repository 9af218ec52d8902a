import { severityRank } from '#core/severity.ts';
import type { FixState } from '#schema/finding.ts';
import type { Comparator, KeyInterval } from '#versions/comparator.ts';
import { compareBytes, contains, exactly, interval } from '#versions/interval.ts';
import type { Advisory, AffectedOnly, AffectedRange } from './advisory.ts';
import { namespaceComparator } from './namespace-comparator.ts';

/** A row of `affected`; keys in hex. `space` and `name` are the name that is interned. What has no value is left out. */
export interface AffectedRow {
  readonly space: string;
  readonly name: string;
  /** 0 affected, 1 undecidable, 2 affected exactly as `exact`, 3 not affected. */
  readonly status: 0 | 1 | 2 | 3;
  readonly severity: number;
  readonly state: FixState;
  readonly lo: string;
  readonly hi: string;
  readonly fixed?: string;
  readonly exact?: string;
  readonly channel?: string;
  readonly at?: string;
  readonly only?: AffectedOnly;
}

export const maxRowsOfRecord = 5000;

/** An index holds both keys of a row, and PostgreSQL's no more than 2,704 bytes of anything. */
const maxKeyBytes = 2600;

/**
 * The rows that say what an advisory says, in keys, each once; and what of it could not be said.
 *
 * A bound that the scheme cannot place widens the row to where it can be placed, and every version in it is undecidable
 * (status 1); a verdict of not being affected is not widened but left out, and told. A listed version is a row of its own only
 * where no range of the same package says the same of it already; one that cannot be placed is compared as text (status 2: an
 * interval that holds nothing, and `exact`).
 */
export function affectedRows(advisory: Advisory): { rows: readonly AffectedRow[]; problems: readonly string[] } {
  const rows = new Map<string, AffectedRow>();
  const problems: string[] = [];
  const add = (name: string, range: AffectedRange, placed: Placed | string | null) => {
    if (placed === null) return;
    if (typeof placed === 'string') problems.push(`${name}: ${placed}`);
    else if (placed.lo.length + placed.hi.length > maxKeyBytes) problems.push(`${name}: its versions are too long`);
    else {
      const row = rowOf(range, advisory, placed);
      rows.set(JSON.stringify(row), row);
    }
  };
  for (const [name, ranges] of byName(advisory.affected)) {
    const comparator = namespaceComparator(ranges[0]!.namespace);
    if (comparator === null || ranges[0]!.name.length > 512) {
      problems.push(
        comparator === null
          ? `${name}: no version scheme is known for this namespace`
          : `${name.slice(0, 100)}: the name has more than 512 characters`,
      );
      continue;
    }
    const covered = new Map<string, KeyInterval[]>();
    for (const range of ranges) {
      if (range.versions !== undefined) continue;
      const placed = place(range, comparator);
      if (typeof placed !== 'string' && placed.exact === null && placed.status !== 1) {
        const kind = kindOf(range);
        covered.set(kind, [...(covered.get(kind) ?? []), placed]);
      }
      add(name, range, placed);
    }
    for (const range of ranges) {
      for (const version of range.versions ?? []) {
        add(name, range, placeExactly(range, version, comparator, covered.get(kindOf(range)) ?? []));
        if (rows.size > maxRowsOfRecord) break;
      }
    }
  }
  return { rows: [...rows.values()], problems };
}

interface Placed extends KeyInterval {
  readonly status: AffectedRow['status'];
  readonly exact: string | null;
}

const beginning = new Uint8Array();
const endless = Uint8Array.of(0xff);

function byName(ranges: readonly AffectedRange[]): Map<string, AffectedRange[]> {
  const names = new Map<string, AffectedRange[]>();
  for (const range of ranges) {
    const name = `${range.namespace} ${range.name}`;
    const same = names.get(name);
    if (same === undefined) names.set(name, [range]);
    else same.push(range);
  }
  return names;
}

/** Ranges of one package that say the same, each of its versions. */
function kindOf({ verdict, only }: AffectedRange): string {
  return `${verdict ?? 'affected'} ${JSON.stringify(only ?? {})}`;
}

function place(range: AffectedRange, comparator: Comparator): Placed | string {
  const spared = range.verdict === 'not-affected';
  const placed = interval(comparator, range);
  if (placed.kind === 'interval') return { status: spared ? 3 : 0, lo: placed.lo, hi: placed.hi, exact: null };
  if (placed.kind === 'empty') return placed.reason;
  if (spared) return `not affected, but ${placed.reason}`;
  const lo = interval(comparator, { ...range, fixed: null, lastAffected: null });
  const hi = interval(comparator, { introduced: null, fixed: range.fixed, lastAffected: range.lastAffected });
  return {
    status: 1,
    lo: lo.kind === 'interval' ? lo.lo : beginning,
    hi: hi.kind === 'interval' ? hi.hi : endless,
    exact: null,
  };
}

function placeExactly(
  range: AffectedRange,
  version: string,
  comparator: Comparator,
  covered: readonly KeyInterval[],
): Placed | string | null {
  const spared = range.verdict === 'not-affected';
  const placed = exactly(comparator, version);
  if (placed.kind === 'undecidable') {
    if (spared) return `not affected, but '${version.slice(0, 80)}': ${placed.reason}`;
    return { status: 2, lo: beginning, hi: beginning, exact: version.slice(0, maxText) };
  }
  const within = covered.some((other) => contains(other, placed.lo) && compareBytes(placed.hi, other.hi) <= 0);
  return within ? null : { status: spared ? 3 : 0, lo: placed.lo, hi: placed.hi, exact: null };
}

/** Of versions and names of channels as they are shown. */
const maxText = 256;

function rowOf(range: AffectedRange, advisory: Advisory, placed: Placed): AffectedRow {
  const { channel, fixedAt, only, state } = range;
  return {
    space: range.namespace,
    name: range.name,
    status: placed.status,
    severity: severityRank(range.severity ?? advisory.severity),
    state,
    lo: hex(placed.lo),
    hi: hex(placed.hi),
    ...(state === 'fixed' && range.fixed !== null ? { fixed: shown(range.fixed) } : {}),
    ...(placed.exact === null ? {} : { exact: placed.exact }),
    ...(channel === undefined ? {} : { channel: channel.slice(0, maxText) }),
    ...(fixedAt === undefined ? {} : { at: fixedAt.slice(0, 40) }),
    ...(only === undefined ? {} : { only: bounded(only) }),
  };
}

/** As rpm and dpkg print it: some upstreams write the epoch 0, which the version of a package beside it has not. */
function shown(version: string): string {
  return version.replace(/^0:/, '').slice(0, maxText);
}

/** A condition of too many items is left out: it is rather found too often than missed by the half of a list. */
function bounded(only: AffectedOnly): AffectedOnly {
  const kept = Object.entries(only).filter(
    ([, items]) => items.length <= 100 && items.every((item: string) => item.length <= 256),
  );
  return Object.fromEntries(kept);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
