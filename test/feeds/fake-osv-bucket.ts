import { createHash } from 'node:crypto';
import type { Fetch } from '#platform/fetch.ts';
import { zip } from './zip.ts';

export type OsvRecord = Readonly<Record<string, unknown>> & { readonly id: string; readonly modified: string };

/** OSV's bucket with one ecosystem, in memory, as a test changes it; answers conditional requests as the service does. */
export interface OsvBucket {
  readonly fetch: Fetch;
  readonly records: Map<string, OsvRecord>;
  /** Records of the list alone; the zip and single records have the others. */
  readonly unpublished: Set<string>;
  /** What is said instead of a file, by its name: bytes, or the status of an answer. */
  readonly instead: Map<string, string | number>;
  /** Files whose connection breaks after some bytes. */
  readonly broken: Set<string>;
  /** When the zip was made, in milliseconds since the epoch. */
  zippedAt: number;
  put(record: OsvRecord): void;
  /** The names of the files that were asked for since the last call, and `304` behind those that were unchanged. */
  asked(): string[];
}

export function osvBucket(ecosystem: string, now: number): OsvBucket {
  const base = `https://storage.googleapis.com/osv-vulnerabilities/${encodeURIComponent(ecosystem)}/`;
  const records = new Map<string, OsvRecord>();
  const unpublished = new Set<string>();
  const instead = new Map<string, string | number>();
  const broken = new Set<string>();
  let log: string[] = [];
  const bucket: OsvBucket = {
    records,
    unpublished,
    instead,
    broken,
    zippedAt: now,
    put: (record) => void records.set(record.id, record),
    asked() {
      const asked = log;
      log = [];
      return asked;
    },
    async fetch(url, request = {}) {
      if (!url.startsWith(base)) throw new Error(`nothing may be fetched but the bucket: ${url}`);
      const name = decodeURIComponent(url.slice(base.length));
      const said = instead.get(name);
      const body = typeof said === 'number' ? null : (said ?? fileOf(name));
      if (body === null) {
        log.push(name);
        return new Response(null, { status: typeof said === 'number' ? said : 404 });
      }
      const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
      const unchanged = new Headers(request.headers).get('if-none-match') === etag;
      log.push(unchanged ? `${name} 304` : name);
      const headers = { etag, 'last-modified': new Date(bucket.zippedAt).toUTCString() };
      if (broken.has(name)) return new Response(breakingOff(), { headers });
      return new Response(unchanged ? null : body, { status: unchanged ? 304 : 200, headers });
    },
  };
  const published = () => [...records.values()].filter(({ id }) => !unpublished.has(id));
  const fileOf = (name: string): string | Uint8Array<ArrayBuffer> | null => {
    if (name === 'all.zip') {
      const files = published().map((record) => ({ name: `${record.id}.json`, content: JSON.stringify(record) }));
      return new Uint8Array(zip(files));
    }
    if (name === 'modified_id.csv') {
      const lines = [...records.values()].map(({ modified, id }) => `${modified},${id}\n`);
      return lines.sort((a, b) => Date.parse(b.split(',')[0]!) - Date.parse(a.split(',')[0]!)).join('');
    }
    const record = published().find(({ id }) => `${id}.json` === name);
    return record === undefined ? null : JSON.stringify(record);
  };
  return bucket;
}

function breakingOff(): ReadableStream<Uint8Array> {
  let pulls = 0;
  return new ReadableStream({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(Buffer.from('{"id'));
      else controller.error(new Error('the connection broke'));
    },
  });
}

/** A record that says: `name` of the ecosystem is affected below `fixed`. */
export function osvRecord(
  ecosystem: string,
  id: string,
  name: string,
  fixed: string,
  modified: number,
  more: Readonly<Record<string, unknown>> = {},
): OsvRecord {
  const events = [{ introduced: '0' }, { fixed }];
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events }] }];
  return { id, modified: new Date(modified).toISOString(), affected, ...more };
}
