import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer } from '../analyzer.ts';
import { type AnalyzerSet, memberName } from '../analyzer-set.ts';
import { deleteLayerReport, otherReports, readLayerReport } from '../report-store.ts';
import type { LayerHead } from './layer-report.ts';

/** Reports of a layer that are kept beside the one that was stored last: as many versions may run side by side, and a few settings. */
const mostKept = 3;

/** What another set of analyzers has read of a layer, and what of it is still good. */
export interface EarlierReport {
  readonly set: string;
  /** Names of analyzers whose facts and notes are kept. */
  readonly kept: ReadonlySet<string>;
  /** Those that have not read the layer, or at another version or with other settings. */
  readonly stale: readonly Analyzer[];
  /** All of it, to be iterated once with each call; throws `data/corrupt` when it is gone or damaged. */
  records(): AsyncGenerator<LayerRecord, void>;
}

/** The report of the layer that shares most with this set; null when no set of the same engine has read it. */
export async function findEarlier(
  blobs: Blobs,
  diffId: Digest,
  set: AnalyzerSet,
  analyzers: readonly Analyzer[],
): Promise<EarlierReport | null> {
  const [nearest] = await byNearness(blobs, diffId, set);
  if (nearest === undefined || nearest.engine !== set.engine) return null;
  const members = new Set(nearest.members);
  const stale = analyzers.filter((analyzer) => !members.has(memberName(analyzer)));
  const kept = new Set(analyzers.filter((analyzer) => !stale.includes(analyzer)).map(({ name }) => name));
  return {
    set: nearest.analyzers,
    kept,
    stale,
    async *records() {
      const stored = await readLayerReport(blobs, nearest.analyzers, diffId);
      if (stored === null)
        throw new Fault('data/corrupt', `a report of the layer ${diffId} was removed`, { detail: { diffId } });
      yield* stored;
    },
  };
}

/**
 * Deletes what other sets have read of the layer but for the few that are nearest to this one. Nothing is lost: whoever still
 * runs with such a set makes its report again, of this one, and reads only what the two do not share.
 */
export async function tidyReports(blobs: Blobs, diffId: Digest, set: AnalyzerSet): Promise<void> {
  for (const { analyzers } of (await byNearness(blobs, diffId, set)).slice(mostKept)) {
    await deleteLayerReport(blobs, analyzers, diffId);
  }
}

async function byNearness(blobs: Blobs, diffId: Digest, set: AnalyzerSet): Promise<readonly LayerHead[]> {
  const shared = ({ engine, members }: LayerHead) =>
    engine === set.engine ? members.filter((member) => set.members.includes(member)).length : -1;
  return (await otherReports(blobs, set.name, diffId)).toSorted((a, b) => shared(b) - shared(a));
}
