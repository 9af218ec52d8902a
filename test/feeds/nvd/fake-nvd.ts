import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { silentLog } from '#core/log.ts';
import type { Fetched, FeedWorld, Mark } from '#feeds/feed.ts';
import { nvd } from '#feeds/feeds/nvd.ts';
import { tar } from '../../support/tar-builder.ts';
import { testClock } from '../../support/test-clock.ts';

export const start = Date.UTC(2003, 5, 10, 12);
const files = 'https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-';
const api = 'https://services.nvd.nist.gov/rest/json/cves/2.0';
export const archive = 'https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz';

/** A CVE with one listed version of one product. */
export const cve = (id: string, version = '1.0') => ({
  cve: { id, vulnStatus: 'Analyzed', descriptions: [{ lang: 'en', value: id }], configurations: keel(version) },
});

export const keel = (version: string) => [
  { nodes: [{ operator: 'OR', cpeMatch: [{ vulnerable: true, criteria: `cpe:2.3:a:hull:keel:${version}` }] }] },
];

export const page = (vulnerabilities: readonly object[], total = vulnerabilities.length, startIndex = 0) => ({
  resultsPerPage: vulnerabilities.length,
  startIndex,
  totalResults: total,
  format: 'NVD_CVE',
  version: '2.0',
  timestamp: '2003-06-10T12:00:00.000',
  vulnerabilities,
});

/** Answers of 2002 and 2003, of the API and of the archive of corrections, made by what is set; what was asked for is kept. */
export function fakeNvd() {
  const state = {
    years: new Map<number, readonly object[]>([
      [2002, [cve('CVE-2002-0001')]],
      [2003, [cve('CVE-2003-0001')]],
    ]),
    /** Answers to API questions, the last one again and again; null: there is no API. */
    api: null as ((question: URLSearchParams, asked: number) => Response) | null,
    corrections: null as Readonly<Record<string, unknown>> | null,
    /** Of a URL, what is answered in place of the usual, once each. */
    instead: new Map<string, Response[]>(),
    asked: [] as string[],
  };
  const clock = testClock(start, { selfWinding: true });
  const world: FeedWorld = {
    clock,
    log: silentLog,
    temporaryFile: (name) => assert.fail(`no file is needed: ${name}`),
    async fetch(url, request) {
      state.asked.push(url);
      const other = state.instead.get(url)?.shift();
      if (other !== undefined) return other;
      if (url.startsWith(api)) {
        const asked = state.asked.filter((one) => one.startsWith(api)).length;
        return state.api?.(new URL(url).searchParams, asked) ?? new Response(null, { status: 404 });
      }
      if (url === archive) return archiveOf(state.corrections, request?.headers?.['if-none-match']);
      const [, year, kind] = /^(\d+)\.(meta|json\.gz)$/.exec(url.slice(files.length)) ?? [];
      const items = state.years.get(Number(year));
      if (!url.startsWith(files) || items === undefined) return new Response(null, { status: 404 });
      if (kind === 'json.gz') return new Response(gzipSync(JSON.stringify(page(items))));
      const sha256 = createHash('sha256').update(JSON.stringify(items)).digest('hex');
      return new Response(`lastModifiedDate:2003-06-09T23:00:00-04:00\r\nsize:1\r\nsha256:${sha256.toUpperCase()}\r\n`);
    },
  };
  return { state, clock, world };
}

function archiveOf(corrections: Readonly<Record<string, unknown>> | null, known: string | undefined): Response {
  if (corrections === null) return new Response(null, { status: 404 });
  const etag = `"${Buffer.from(JSON.stringify(corrections)).toString('base64url')}"`;
  if (etag === known) return new Response(null, { status: 304 });
  const entries = Object.entries(corrections).map(([id, content]) => ({
    path: `nvd-data-overrides-main/data/${id.slice(4, 8)}/${id}.json`,
    content: typeof content === 'string' ? content : JSON.stringify({ _annotation: { cve_id: id }, cve: content }),
  }));
  const bytes = gzipSync(tar([{ path: 'nvd-data-overrides-main/README.md', content: '#' }, ...entries]));
  return new Response(bytes, { headers: { etag } });
}

/** What a sync is told: a line for each record, sorted, and the mark. */
export async function synced(world: FeedWorld, mark: Mark | null) {
  const fetched: Fetched = await nvd.fetch(world, 'nvd', mark);
  if (fetched.kind !== 'changed') return { kind: fetched.kind, mark, complete: null, missing: [], records: [] };
  const records: string[] = [];
  for await (const record of fetched.records()) {
    if ('affected' in record)
      records.push(`${record.record} ${record.affected.map(({ versions }) => versions).join()}`);
    else if ('facts' in record) records.push(record.record);
    else records.push(`${record.record} ${'removed' in record ? 'removed' : record.reason}`);
  }
  const { kind, complete = true, missing } = fetched;
  return { kind, mark: fetched.mark, complete, missing, records: records.sort() };
}
