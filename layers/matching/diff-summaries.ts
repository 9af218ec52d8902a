import { type FindingSummary, identityOf, stateOf } from './finding-summary.ts';

/** What changed between two lists of summaries. */
export interface SummaryDiff {
  readonly added: readonly FindingSummary[];
  /** As they are now, with what they were before. */
  readonly updated: readonly (FindingSummary & {
    readonly previous: Pick<FindingSummary, 'Severity' | 'Fix_Available'>;
  })[];
  readonly removed: readonly FindingSummary[];
}

export function diffSummaries(before: readonly FindingSummary[], now: readonly FindingSummary[]): SummaryDiff {
  const known = new Map(before.map((summary) => [identityOf(summary), summary]));
  const found = new Set(now.map(identityOf));
  const updated = now.flatMap((summary) => {
    const was = known.get(identityOf(summary));
    if (was === undefined || stateOf(was) === stateOf(summary)) return [];
    return [{ ...summary, previous: { Severity: was.Severity, Fix_Available: was.Fix_Available } }];
  });
  return {
    added: now.filter((summary) => !known.has(identityOf(summary))),
    updated,
    removed: before.filter((summary) => !found.has(identityOf(summary))),
  };
}
