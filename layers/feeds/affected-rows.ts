import { severityRank } from '#core/severity.ts';
import type { FixState } from '#schema/finding.ts';
import type { Comparator, KeyInterval } from '#versions/comparator.ts';
import { compareBytes, contains, exactly, interval } from '#versions/interval.ts';
import type { Advisory, AffectedRange } from './advisory.ts';
import { namespaceComparator } from './namespace-comparator.ts';

/** A row of `affected`; keys in hex. `space` and `name` are the name that is interned. */
export interface AffectedRow {
  readonly space: string;
  readonly name: string;
  readonly status: 0 | 1 | 2;
  readonly severity: number;
  readonly state: FixState;
  readonly lo: string;
  readonly hi: string;
  readonly fixed: string | null;
  readonly exact: string | null;
}

export const maxRowsOfRecord = 5000;

/**
 * The rows that say what an advisory says, in keys, each once; and what of it could not be said.
 *
 * A bound that the scheme cannot place widens the row to where it can be placed, and every version in it is undecidable
 * (status 1). A listed version is a row of its own only where no range of the same package covers it already; one
 * that cannot be placed is compared as text (status 2: an interval that holds nothing, and `exact`).
 */
export function affectedRows(advisory: Advisory): { rows: readonly AffectedRow[]; problems: readonly string[] } {
  const rows = new Map<string, AffectedRow>();
  const problems: string[] = [];
  for (const [name, ranges] of byName(advisory.affected)) {
    const comparator = namespaceComparator(ranges[0]!.namespace);
    if (comparator === null) {
      problems.push(`${name}: no version scheme is known for this namespace`);
      continue;
    }
    const covered: KeyInterval[] = [];
    for (const range of ranges) {
      if (range.versions !== undefined) continue;
      const placed = place(range, comparator);
      if (typeof placed === 'string') problems.push(`${name}: ${placed}`);
      else {
        if (placed.status === 0) covered.push(placed);
        add(rows, rowOf(range, advisory, placed));
      }
    }
    for (const range of ranges) {
      for (const version of range.versions ?? []) {
        const placed = placeExactly(version, comparator, covered);
        if (placed !== null) add(rows, rowOf(range, advisory, placed));
        if (rows.size > maxRowsOfRecord) break;
      }
    }
  }
  return { rows: [...rows.values()], problems };
}

interface Placed extends KeyInterval {
  readonly status: 0 | 1 | 2;
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

function place(range: AffectedRange, comparator: Comparator): Placed | string {
  const placed = interval(comparator, range);
  if (placed.kind === 'interval') return { status: 0, lo: placed.lo, hi: placed.hi, exact: null };
  if (placed.kind === 'empty') return placed.reason;
  const lo = interval(comparator, { introduced: range.introduced, fixed: null, lastAffected: null });
  const hi = interval(comparator, { introduced: null, fixed: range.fixed, lastAffected: range.lastAffected });
  return {
    status: 1,
    lo: lo.kind === 'interval' ? lo.lo : beginning,
    hi: hi.kind === 'interval' ? hi.hi : endless,
    exact: null,
  };
}

function placeExactly(version: string, comparator: Comparator, covered: readonly KeyInterval[]): Placed | null {
  const placed = exactly(comparator, version);
  if (placed.kind === 'undecidable') return { status: 2, lo: beginning, hi: beginning, exact: version };
  const within = covered.some((range) => contains(range, placed.lo) && compareBytes(placed.hi, range.hi) <= 0);
  return within ? null : { status: 0, lo: placed.lo, hi: placed.hi, exact: null };
}

function rowOf(range: AffectedRange, advisory: Advisory, placed: Placed): AffectedRow {
  return {
    space: range.namespace,
    name: range.name,
    status: placed.status,
    severity: severityRank(range.severity ?? advisory.severity),
    state: range.state,
    lo: hex(placed.lo),
    hi: hex(placed.hi),
    fixed: range.state === 'fixed' ? range.fixed : null,
    exact: placed.exact,
  };
}

function add(rows: Map<string, AffectedRow>, row: AffectedRow): void {
  rows.set(JSON.stringify(row), row);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
