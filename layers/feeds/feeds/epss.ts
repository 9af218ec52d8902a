import { Fault } from '#core/fault.ts';
import type { Enrichment, SetAside } from '../advisory.ts';
import { fetchParts, type Part } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';

const url = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';

/** About 360,000 lines of 30 bytes. */
const csvBytes = 1024 ** 3;
const lineBytes = 1000;

/**
 * FIRST's Exploit Prediction Scoring System (https://www.first.org/epss): for each CVE the probability that it is exploited
 * within 30 days, new every day.
 *
 * Scores are kept as published, percentiles as whole percents: in a week of August 2026, 6 of 100 scores changed and 99 of
 * 100 percentiles (they drift with every CVE that is added), 28 of 100 as whole percents. They judge nothing, and take ten times as
 * long to load as the feeds of a small image: no scan waits for them.
 */
export const epss: Feed = {
  name: 'epss',
  version: 1,
  knownGroups: ['epss'],
  demand: 'tell',
  groupsFor: (namespace) => (namespace === 'cve' ? ['epss'] : []),
  async fetch(world, group, mark) {
    if (group !== 'epss')
      throw new Fault('input/invalid', `'${group}' is no group of the feed epss; there is only 'epss'`);
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `FIRST has no scores (${url})` };
    return { kind: 'changed', mark: answer.mark, missing: [], records: () => recordsOf(part) };
  },
};

/** `#model_version:...,score_date:...`, then the names of the columns, then lines. */
async function* recordsOf(part: Part): AsyncGenerator<Enrichment | SetAside> {
  let date: string | null = null;
  let columns: Columns | null = null;
  for await (const line of lines(inflatedPart(part, csvBytes))) {
    if (line === '') continue;
    if (columns !== null) yield recordOf(line.split(','), columns, date!);
    else if (line.startsWith('#')) date = /(?:^|[#,])score_date:(\d{4}-\d{2}-\d{2})/.exec(line)?.[1] ?? null;
    else columns = columnsOf(line.split(','));
    if (columns !== null && date === null) throw unreadable('it does not say of which day its scores are');
  }
  if (columns === null) throw unreadable('it has no names of columns');
}

interface Columns {
  readonly cve: number;
  readonly epss: number;
  readonly percentile: number;
}

function columnsOf(names: readonly string[]): Columns {
  const at = (name: string) => {
    const place = names.findIndex((one) => one.trim().toLowerCase() === name);
    if (place < 0) throw unreadable(`it has no column ${name}`);
    return place;
  };
  return { cve: at('cve'), epss: at('epss'), percentile: at('percentile') };
}

function recordOf(cells: readonly string[], columns: Columns, date: string): Enrichment | SetAside {
  const id = (cells[columns.cve] ?? '').trim().toUpperCase();
  if (!/^CVE-\d{4}-\d{4,19}$/.test(id)) return { record: `'${id.slice(0, 80)}'`, reason: 'it is no CVE' };
  const score = fraction(cells[columns.epss]);
  const percentile = fraction(cells[columns.percentile]);
  if (score === null || percentile === null) return { record: id, reason: 'its score is no number from 0 to 1' };
  return {
    record: id,
    about: id,
    facts: { kind: 'epss', score: rounded(score, 5), percentile: rounded(percentile, 2), date },
  };
}

function fraction(cell = ''): number | null {
  const value = /^\s*\d(?:\.\d{1,20})?(?:e-\d{1,2})?\s*$/i.test(cell) ? Number(cell) : Number.NaN;
  return value >= 0 && value <= 1 ? value : null;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const bytes of source) {
    const all = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = all.pop() ?? '';
    if (rest.length > lineBytes) throw unreadable(`it has a line of more than ${lineBytes} bytes`);
    for (const line of all) yield line.trimEnd();
  }
  yield rest.trimEnd();
}

function unreadable(problem: string): Fault {
  return new Fault('feed/failed', `reading ${url}: ${problem}; try again later`);
}
