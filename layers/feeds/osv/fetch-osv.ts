import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Advisory, FeedRecord, SetAside } from '../advisory.ts';
import { fetchParts, type Part } from '../conditional.ts';
import type { Fetched, FeedWorld, Mark } from '../feed.ts';
import { zipEntries, zipIndex } from '../zip-entries.ts';
import { decidedRanges, type FindAdvisory } from './osv-authority.ts';
import { type BucketRecord, bucketOf, bucketRecord, changedRecords, jsonOf } from './osv-bucket.ts';
import { osvChanges, wholeMark } from './osv-changes.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';
import { osvAdvisory } from './osv-record.ts';

/** npm's zip, the largest, has about 200 MB with its reports of malicious packages. */
const zipBytes = 4 * 1024 ** 3;

/**
 * What an ecosystem has: all of it as a zip with a JSON record a file; what changed since the mark, as the records that the
 * list of changes names. Without such a list the zip is asked for again, on its own condition.
 */
export async function fetchOsv(world: FeedWorld, ecosystem: OsvEcosystem, mark: Mark | null): Promise<Fetched> {
  const changes = await osvChanges(world, bucketOf(ecosystem).changes, mark);
  if (changes.kind === 'unchanged') return changes;
  if (changes.kind === 'unlisted') return await fetchWhole(world, ecosystem, mark, (zip) => zip);
  if (changes.kind === 'some') {
    const records = await changedRecords(world, ecosystem, changes.ids);
    if (records !== null) return changedOnly(world, ecosystem, records, changes.mark);
  }
  const newest = changes.kind === 'whole' ? changes.newest : Date.parse(changes.mark['from'] ?? '');
  return await fetchWhole(world, ecosystem, null, (_, modified) => ({
    ...changes.mark,
    ...wholeMark(newest, modified, world.clock.now()),
  }));
}

/** The zip of an ecosystem; the mark to come is made of that of the zip and of when upstream made it. */
async function fetchWhole(
  world: FeedWorld,
  ecosystem: OsvEcosystem,
  mark: Mark | null,
  markOf: (zip: Mark, modified: number | null) => Mark,
): Promise<Fetched> {
  const { zip } = bucketOf(ecosystem);
  const answer = await fetchParts(world, [zip], mark);
  if (answer.kind === 'unchanged') return answer;
  const part = answer.parts.get(zip) ?? null;
  if (part === null) return { kind: 'absent', reason: `OSV has no ecosystem ${ecosystem.name} (${zip})` };
  const modified = Date.parse(answer.mark[`modified ${zip}`] ?? '');
  return {
    kind: 'changed',
    mark: markOf(answer.mark, Number.isNaN(modified) ? null : modified),
    missing: [],
    records: () => recordsOfZip(world, ecosystem, part),
  };
}

async function* recordsOfZip(world: FeedWorld, ecosystem: OsvEcosystem, part: Part): AsyncGenerator<FeedRecord> {
  const path = world.temporaryFile(`osv-${ecosystem.name}.zip`);
  await pipeline(part.stream(zipBytes), createWriteStream(path, { mode: 0o600 }));
  const prefixes = ecosystem.databases?.prefixes ?? [];
  using others = await zipIndex(path, part.url, (name) => prefixes.some((prefix) => name.startsWith(prefix)));
  const find: FindAdvisory = async (id) => {
    const bytes = others.read(`${id}.json`);
    return bytes === null ? null : advisoryOf({ json: jsonOf(bytes) }, id, ecosystem, world);
  };
  for await (const { name, bytes } of zipEntries(path, part.url)) {
    if (!name.endsWith('.json')) continue;
    const file = name.slice(0, 200);
    const json = bytes === null ? undefined : jsonOf(bytes);
    if (bytes === null) yield { record: file, reason: 'the record is larger than a record may be' };
    else if (json === undefined) yield { record: file, reason: 'the record is not JSON' };
    else yield* recordsOf({ json }, file, ecosystem, world, find);
  }
}

/** What changed: a record that says nothing of this ecosystem (any more) is gone, one that cannot be read stays as it was. */
function changedOnly(
  world: FeedWorld,
  ecosystem: OsvEcosystem,
  changed: ReadonlyMap<string, BucketRecord>,
  mark: Mark,
): Fetched {
  const find: FindAdvisory = async (id) => {
    const record = changed.get(id) ?? (await bucketRecord(world, ecosystem, id));
    return record === null ? null : advisoryOf(record, id, ecosystem, world);
  };
  return {
    kind: 'changed',
    mark,
    missing: [],
    complete: false,
    async *records() {
      for (const [id, record] of changed) {
        let said = false;
        for await (const one of recordsOf(record, id, ecosystem, world, find)) {
          said = true;
          yield one;
        }
        if (!said) yield { record: id, removed: true };
      }
    },
  };
}

async function* recordsOf(
  record: BucketRecord,
  file: string,
  ecosystem: OsvEcosystem,
  { clock }: FeedWorld,
  find: FindAdvisory,
): AsyncGenerator<Advisory | SetAside> {
  if ('reason' in record) yield record;
  else {
    for (const one of osvAdvisory(record.json, file, ecosystem, clock.now())) {
      yield 'reason' in one ? one : await decidedRanges(one, ecosystem, find);
    }
  }
}

function advisoryOf(record: BucketRecord, id: string, ecosystem: OsvEcosystem, { clock }: FeedWorld): Advisory | null {
  if ('reason' in record) return null;
  const found = osvAdvisory(record.json, id, ecosystem, clock.now()).find((one) => 'affected' in one);
  return found?.id === id ? found : null;
}
