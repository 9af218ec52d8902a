import type { SetAside } from '../advisory.ts';
import { fetchParts, readPart } from '../conditional.ts';
import type { FeedWorld } from '../feed.ts';
import { object } from '../json-fields.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';
import { osvIds } from './osv-record.ts';

/** Of one record; the largest have a few megabytes of versions. */
const recordBytes = 32 * 1024 ** 2;
/** Of all records that are held at once; more come as a zip. */
const heldBytes = 128 * 1024 ** 2;

/** Where OSV keeps the records of an ecosystem (https://google.github.io/osv.dev/data/#data-dumps). */
export function bucketOf({ name }: OsvEcosystem) {
  const base = `https://storage.googleapis.com/osv-vulnerabilities/${encodeURIComponent(name)}`;
  return {
    zip: `${base}/all.zip`,
    changes: `${base}/modified_id.csv`,
    record: (id: string) => `${base}/${encodeURIComponent(id)}.json`,
  };
}

/** A record as it was found in the bucket: JSON, or why it is none. */
export type BucketRecord = { readonly json: unknown } | SetAside;

/**
 * These records, and those of the other databases that they are aliases of: their ranges may be decided by them. Null
 * where the bucket does not have one of the records that were asked for, or they are too large together.
 */
export async function changedRecords(
  world: FeedWorld,
  ecosystem: OsvEcosystem,
  ids: readonly string[],
): Promise<ReadonlyMap<string, BucketRecord> | null> {
  const records = new Map<string, BucketRecord>();
  const others = new Set<string>();
  let held = 0;
  const keep = async (id: string): Promise<BucketRecord | null> => {
    const bytes = await bucketBytes(world, ecosystem, id);
    held += bytes?.length ?? 0;
    const record = bytes === null ? null : recordOf(id, bytes);
    if (record !== null) records.set(id, record);
    return record;
  };
  for (const id of ids) {
    const record = await keep(id);
    if (record === null || held > heldBytes) return null;
    for (const alias of 'json' in record ? osvIds(object(record.json)?.['aliases'], id) : []) {
      if (ecosystem.databases?.prefixes.some((prefix) => alias.startsWith(prefix))) others.add(alias);
    }
  }
  for (const id of others) {
    if (!records.has(id)) await keep(id);
    if (held > heldBytes) return null;
  }
  return records;
}

/** One record of the bucket; null when it does not have it. */
export async function bucketRecord(
  world: FeedWorld,
  ecosystem: OsvEcosystem,
  id: string,
): Promise<BucketRecord | null> {
  const bytes = await bucketBytes(world, ecosystem, id);
  return bytes === null ? null : recordOf(id, bytes);
}

async function bucketBytes(world: FeedWorld, ecosystem: OsvEcosystem, id: string): Promise<Buffer | null> {
  if (!/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,127}$/.test(id)) return null;
  const url = bucketOf(ecosystem).record(id);
  const answer = await fetchParts(world, [url], null);
  const part = answer.kind === 'changed' ? answer.parts.get(url) : null;
  return part == null ? null : await readPart(part, recordBytes);
}

/** A record of the file `ID.json` that calls itself otherwise is not taken for either. */
function recordOf(id: string, bytes: Buffer): BucketRecord {
  const json = jsonOf(bytes);
  if (json === undefined) return { record: id, reason: 'the record is not JSON' };
  const own = object(json)?.['id'];
  return own === id ? { json } : { record: id, reason: 'the record has another id than its file' };
}

/** Undefined for what is no JSON. */
export function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
