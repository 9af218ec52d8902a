import type { Sql } from '#platform/sql.ts';
import type { MatchName } from './match-name.ts';
import { keyOf } from './package-set.ts';
import { inSlices } from './in-slices.ts';

/** A question for what the feeds say of vulnerabilities of a name at a version, beyond that it is affected. */
export interface VerdictQuestion {
  readonly name: MatchName;
  readonly ids: readonly string[];
  /** Also where they say that it is affected, or that it was at other versions: of an owner of files. Else only `not-affected`. */
  readonly every: boolean;
}

/**
 * `not-affected`: said so of this version. `affected`: of this version. `fixed`: the record knows the package, and does not
 * count this version among the affected ones.
 */
export type DistroVerdict = 'not-affected' | 'affected' | 'fixed';

/** The verdict of a name on a vulnerability's ids; null when nothing is said. */
export type DistroVerdicts = (name: MatchName, ids: readonly string[]) => DistroVerdict | null;

const strength: readonly DistroVerdict[] = ['fixed', 'affected', 'not-affected'];

const namesAtOnce = 500;

/** Asks all questions, in one statement for most images; as of now, or as it was known under the revision `asOf`. */
export async function distroVerdicts(
  sql: Sql,
  questions: readonly VerdictQuestion[],
  asOf: number | null,
): Promise<DistroVerdicts> {
  const asked = [...byName(questions).values()];
  const ids = JSON.stringify(Object.fromEntries(questions.flatMap((one) => one.ids.map((id) => [id, 1]))));
  const verdicts = new Map<string, DistroVerdict>();
  const ask = (slice: readonly (readonly [number, VerdictQuestion])[]) => {
    const asks = slice.map(([at, { name, every }]) => ({
      ...{ ask: at, space: name.namespace, name: name.name, every },
      key: keyOf(name),
    }));
    const parameters = { asks: JSON.stringify(asks), ids };
    return asOf === null
      ? sql.query<Row>(statement, parameters)
      : sql.query<Row>(pastStatement, { ...parameters, asOf });
  };
  for await (const row of inSlices([...asked.entries()], namesAtOnce, ask)) {
    const { name } = asked[row.ask]!;
    const said: DistroVerdict = row.holds ? (row.status === 3 ? 'not-affected' : 'affected') : 'fixed';
    for (const id of [row.id, ...(JSON.parse(row.aliases) as string[])]) {
      const key = `${nameKey(name)}\n${id}`;
      const before = verdicts.get(key);
      if (before === undefined || strength.indexOf(said) > strength.indexOf(before)) verdicts.set(key, said);
    }
  }
  return (name, of) => {
    const said = of.flatMap((id) => verdicts.get(`${nameKey(name)}\n${id}`) ?? []);
    return said.sort((a, b) => strength.indexOf(b) - strength.indexOf(a))[0] ?? null;
  };
}

function byName(questions: readonly VerdictQuestion[]): Map<string, VerdictQuestion> {
  const names = new Map<string, VerdictQuestion>();
  for (const one of questions) {
    const key = nameKey(one.name);
    names.set(key, { ...one, every: one.every || names.get(key)?.every === true });
  }
  return names;
}

const nameKey = ({ namespace, name, version }: MatchName) => `${namespace}\n${name}\n${version}`;

type Row = { ask: number; id: string; aliases: string; status: number; holds: boolean };

// A version that cannot be placed is only where every version is. `jsonb_exists` is the operator `?`, which some drivers take
// for a parameter; of an object it is a binary search.
const statementOn = (affected: string) => `with q as materialized (
    select x.ask, x.space, x.name, decode(x.key, 'hex') as key, x.every
    from jsonb_to_recordset(:asks::jsonb) as x(ask int, space text, name text, key text, every boolean)
  )
  select q.ask, v.id, v.aliases, a.status, a.holds
  from q
  cross join lateral (select n.name_id from name n where n.namespace = q.space and n.name = q.name offset 0) n
  cross join lateral (
    select r.advisory_id, r.status,
      case when q.key is null then r.lo_key = '' and r.hi_key = '\\xff' else r.hi_key > q.key and r.lo_key <= q.key end as holds
    from ${affected} r
    where r.name_id = n.name_id and r.hi_key > case when q.every or q.key is null then ''::bytea else q.key end
      and (q.every and r.status in (0, 1, 3) or r.status = 3 and r.lo_key <= coalesce(q.key, ''))
    offset 0
  ) a
  cross join lateral (
    select w.id, w.aliases from advisory w where w.advisory_id = a.advisory_id and (jsonb_exists(:ids::jsonb, w.id)
      or w.aliases <> '[]' and exists (select from jsonb_array_elements_text(w.aliases) x where jsonb_exists(:ids::jsonb, x)))
    offset 0
  ) v
  where q.every or a.holds`;

/** Shared with the test that keeps its plan. */
export const statement = statementOn('(select * from affected where valid_to = 9223372036854775807)');

const pastStatement = statementOn('affected_at(:asOf::bigint)');
