import type { FeedRecord } from '../advisory.ts';
import { object } from '../json-fields.ts';
import { cpeRanges } from './cpe-ranges.ts';
import { nvdId } from './nvd-id.ts';
import { nvdRating } from './nvd-rating.ts';

/**
 * The records of one CVE of NVD: its rating, called as the CVE, and of the applications that its configurations name an advisory, called
 * `CVE-... cpe`. `corrected` takes the place of the configurations where it is given.
 */
export function* nvdRecords(item: unknown, corrected: unknown): Generator<FeedRecord> {
  const cve = object(object(item)?.['cve']);
  const id = nvdId(item);
  if (cve === null || id === null) {
    yield { record: JSON.stringify(item)?.slice(0, 100) ?? 'nothing', reason: 'it is no CVE' };
    return;
  }
  const rating = nvdRating(cve);
  yield { record: id, about: id, facts: rating };
  yield* cpeRecords(id, rating.status === 'rejected' ? [] : (corrected ?? cve['configurations']));
}

/**
 * The advisory of configurations; that there is none, where they name no application. It does not say how severe it is: that is told by the
 * rating beside it, which changes far more often.
 */
export function* cpeRecords(id: string, configurations: unknown): Generator<FeedRecord> {
  const record = `${id} cpe`;
  const { ranges, problems } = cpeRanges(configurations);
  const [problem] = problems;
  if (problem !== undefined) yield { record, reason: ranges.length === 0 ? problem : `in part: ${problem}` };
  if (ranges.length === 0) {
    if (problem === undefined) yield { record, removed: true };
    return;
  }
  yield {
    record,
    id,
    aliases: [],
    related: [],
    severity: 'Unknown',
    severitySource: null,
    title: null,
    urls: [`https://nvd.nist.gov/vuln/detail/${id}`],
    published: null,
    affected: ranges,
  };
}
