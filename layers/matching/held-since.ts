import type { Sql } from '#platform/sql.ts';
import { inSlices } from './in-slices.ts';
import type { Judgement } from './judge.ts';

/** Revisions during which a record spoke of a package: from the first, up to but not with the second; null: still. */
export interface Stretch {
  readonly from: number;
  readonly to: number | null;
}

const atOnce = 1000;

/**
 * A function that tells since when records hold of a package, milliseconds since the epoch: together and without a gap, but no
 * earlier than `knownSince`, when the image came. Nothing is stored for a finding: its age is in the rows that were valid, so it
 * outlives a new analysis. The past is read only of rows that are younger than the image.
 */
export async function heldSince(
  sql: Sql,
  judgements: readonly Judgement[],
  knownSince: number,
): Promise<(records: readonly Judgement[]) => number> {
  const begun = new Map(judgements.map(({ validFrom, validAt }) => [validFrom, validAt]));
  const young = judgements.filter(({ validAt }) => validAt > knownSince);
  const past = await pastStretches(sql, young, begun);
  return (records) => {
    const stretches = records.flatMap((record) => [
      { from: record.validFrom, to: null },
      ...(past.get(keyOf(record)) ?? []),
    ]);
    return Math.max(knownSince, begun.get(unbrokenSince(stretches)) ?? 0);
  };
}

/** The revision from which at least one of the stretches held, up to now. Exported for its test. */
export function unbrokenSince(stretches: readonly Stretch[]): number {
  const open = stretches.filter(({ to }) => to === null).map(({ from }) => from);
  let since = Math.min(...open);
  const closed = stretches.filter(({ to }) => to !== null).sort((a, b) => b.to! - a.to!);
  for (const { from, to } of closed) if (to! >= since && from < since) since = from;
  return since;
}

const keyOf = ({ packageId, advisoryId }: Pick<Judgement, 'packageId' | 'advisoryId'>) => `${packageId} ${advisoryId}`;

async function pastStretches(
  sql: Sql,
  judgements: readonly Judgement[],
  begun: Map<number, number>,
): Promise<Map<string, Stretch[]>> {
  const pairs = new Map(
    judgements.map(({ packageId, advisoryId }) => [keyOf({ packageId, advisoryId }), { p: packageId, a: advisoryId }]),
  );
  const stretches = new Map<string, Stretch[]>();
  const ask = (slice: readonly { p: number; a: number }[]) =>
    sql.query<Row>(statement, { pairs: JSON.stringify(slice) });
  for await (const row of inSlices([...pairs.values()], atOnce, ask)) {
    const key = keyOf({ packageId: row.package_id, advisoryId: row.advisory_id });
    const stretch = { from: row.valid_from, to: row.valid_to };
    begun.set(row.valid_from, row.valid_at);
    stretches.set(key, [...(stretches.get(key) ?? []), stretch]);
  }
  return stretches;
}

type Row = { package_id: number; advisory_id: number; valid_from: number; valid_to: number; valid_at: number };

const statement = `select j.p as package_id, j.a as advisory_id, f.valid_from, f.valid_to,
    coalesce((select at from feed_revision where revision = f.valid_from), 0) as valid_at
  from jsonb_to_recordset(:pairs::jsonb) as j(p int, a int)
  cross join lateral (select k.name_id, k.version_key, k.version from package k where k.package_id = j.p offset 0) p
  cross join lateral (
    select r.valid_from, r.valid_to from affected r
    where r.advisory_id = j.a and r.name_id + 0 = p.name_id and r.valid_to < 9223372036854775807
      and (r.status in (0, 1) and (p.version_key is null or r.lo_key <= p.version_key and r.hi_key > p.version_key)
        or r.status = 2 and p.version_key is null and r.exact = p.version)
    offset 0
  ) f`;
