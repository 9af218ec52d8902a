import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#core/fault.ts';
import type { Advisory, SetAside } from '../advisory.ts';
import { archiveDocuments } from '../archive-documents.ts';
import { cancelParts, fetchParts, type Part } from '../conditional.ts';
import type { Feed, FeedWorld } from '../feed.ts';
import { object } from '../json-fields.ts';
import { noticeDates } from '../ubuntu/ubuntu-notices.ts';
import { statementIndex } from '../ubuntu/ubuntu-statements.ts';

const base = 'https://security-metadata.canonical.com';
const records = `${base}/osv/osv-all.tar.xz`;
const statements = `${base}/vex/vex-all.tar.xz`;

/** Packed; each has about 50 MB. */
const archiveBytes = 4 * 1024 ** 3;

/**
 * Canonical's data (https://documentation.ubuntu.com/security/security-updates/): OSV records by vulnerability and source
 * package, of the archive and of extended maintenance, and OpenVEX statements, which tell what will not be mended and what
 * somebody looked at and found clean. Each archive is one text of many gigabytes in no order, so there is one group for all
 * releases, and it is fetched by `feeds sync` only.
 */
export const ubuntu: Feed = {
  name: 'ubuntu',
  version: 1,
  knownGroups: ['ubuntu'],
  groupsFor: (namespace) => (isCovered(namespace) ? ['ubuntu'] : []),
  demand: 'tell',
  async fetch(world, group, mark) {
    if (group !== 'ubuntu')
      throw new Fault('input/invalid', `'${group}' is no group of the feed ubuntu; there is only 'ubuntu'`);
    const answer = await fetchParts(world, [records, statements], mark);
    if (answer.kind === 'unchanged') return answer;
    const { parts } = answer;
    const osv = parts.get(records) ?? null;
    const vex = parts.get(statements) ?? null;
    if (osv === null) {
      await cancelParts(parts);
      return { kind: 'absent', reason: `Canonical has no OSV records (${records})` };
    }
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: vex === null ? ['vex/vex-all.tar.xz'] : [],
      async *records() {
        try {
          yield* recordsOf(world, osv, vex);
        } finally {
          await cancelParts(parts);
        }
      },
    };
  },
};

/**
 * The long-term releases since 14.04, and all since 24.10. Releases between them ended before Canonical wrote these records:
 * without any, they would look clean.
 */
function isCovered(namespace: string): boolean {
  const [, year = '', month = ''] = /^ubuntu:(\d\d)\.(04|10)$/.exec(namespace) ?? [];
  const release = Number(`${year}.${month}`);
  return release >= 24.1 || (month === '04' && [14, 16, 18, 20, 22, 24].includes(Number(year)));
}

async function* recordsOf(world: FeedWorld, osv: Part, vex: Part | null): AsyncGenerator<Advisory | SetAside> {
  const file = await spooled(world, osv, 'osv-all.tar.xz');
  const stated = vex === null ? null : await spooled(world, vex, 'vex-all.tar.xz');
  const index = statementIndex();
  if (stated !== null) {
    for await (const document of archiveDocuments(stated, statements, /(?:^|\/)vex\/cve\/.*\.json$/)) {
      yield* index.add(document);
    }
  }
  const { recordName, statedAdvisory, ubuntuRecord } = await import('../ubuntu/ubuntu-record.ts');
  const dates = noticeDates();
  for await (const document of archiveDocuments(file, records, /(?:^|\/)osv\/usn\/.*\.json$/)) dates.add(document);
  const context = { now: world.clock.now(), dates, takeStatements: index.take };
  for await (const document of archiveDocuments(file, records, /(?:^|\/)osv\/cve\/.*\.json$/)) {
    const { path } = document;
    const record = document.problem === null ? object(document.json) : null;
    if (record !== null) yield* ubuntuRecord(record, path, context);
    else yield { record: recordName(path), reason: document.problem ?? 'the record is no object' };
  }
  for (const id of index.rest()) {
    const advisory = statedAdvisory(id, index.take(id));
    if (advisory !== null) yield advisory;
  }
}

async function spooled(world: FeedWorld, part: Part, name: string): Promise<string> {
  const path = world.temporaryFile(name);
  await pipeline(part.stream(archiveBytes), createWriteStream(path, { mode: 0o600 }));
  return path;
}
