import type { VerdictRow } from '#schema/verdict.ts';

/** A row of a verdict as it is told. */
export interface ToldRow {
  readonly trigger_id: string;
  readonly gate: string;
  readonly trigger: string;
  readonly check_output: string;
  readonly gate_action: VerdictRow['action'];
  readonly whitelisted: NonNullable<VerdictRow['allowlisted']> | false;
  readonly policy_id: string;
}

/** The rows that one verdict has and the other one has not; one that only asks for another action, or is allowlisted now, is in both. */
export function changedRows(
  before: readonly VerdictRow[],
  now: readonly VerdictRow[],
): { readonly added: readonly ToldRow[]; readonly removed: readonly ToldRow[] } {
  const was = byText(before);
  const is = byText(now);
  return { added: without(is, was), removed: without(was, is) };
}

function byText(rows: readonly VerdictRow[]): ReadonlyMap<string, ToldRow> {
  return new Map(rows.map(toldRow).map((row) => [JSON.stringify(row), row]));
}

function without(rows: ReadonlyMap<string, ToldRow>, others: ReadonlyMap<string, ToldRow>): readonly ToldRow[] {
  return [...rows].filter(([text]) => !others.has(text)).map(([, row]) => row);
}

function toldRow(row: VerdictRow): ToldRow {
  return {
    ...{ trigger_id: row.triggerId, gate: row.gate, trigger: row.trigger, check_output: row.message },
    ...{ gate_action: row.action, whitelisted: row.allowlisted ?? false, policy_id: row.policyId },
  };
}
