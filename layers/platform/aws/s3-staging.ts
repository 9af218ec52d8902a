import { randomUUID } from 'node:crypto';
import { Fault, faults } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import type { Blobs } from '../blobs.ts';
import type { Clock } from '../clock.ts';
import type { Sql } from '../sql.ts';
import type { Staged, Staging } from '../staging.ts';
import { csvObjects, csvRows } from './csv-objects.ts';
import { importFault } from './import-fault.ts';

export interface S3StagingOptions {
  readonly sql: Sql;
  /** The bucket of staged files as blobs. */
  readonly files: Pick<Blobs, 'replace' | 'delete'>;
  readonly bucket: string;
  /** Of the bucket. */
  readonly region: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes of a file; 32 MiB when left out: a few seconds for COPY on a small instance, of the 45 that a statement has. */
  readonly fileBytes?: number;
}

/** Imports that run while the next file is uploaded. */
const importsAtOnce = 2;

/** Milliseconds after which nobody works with a load any more. */
const longestLoad = 24 * 3_600_000;

/**
 * Texts written as CSV to S3, which Aurora imports by itself (`aws_s3`): none of them passes through the Data API. Files have names that
 * nobody guesses, go up in parts while the texts come, and are removed once they are imported; those of a process that died go by
 * the lifecycle rule of the bucket, its rows with the first load a day later. A process tries the way with one row before its first load, so that
 * a cluster without extension, role or endpoint is found out before a text is taken.
 */
export function s3Staging(options: S3StagingOptions): Staging {
  const { sql, clock } = options;
  let tried = false;
  return {
    async stage(texts) {
      tried ||= await tryImport(options);
      if (!tried) return null;
      const before = clock.now() - longestLoad;
      await sql.query('delete from staged_text where staged_at < :before::bigint', { before });
      return stageAll(options, texts);
    },
  };
}

/** Whatever CSV, COPY or an encoding could take for something else. */
const sample = '["\\"", "\\\\.", "a,b", "é€😀", ""]\r\n\t\\N \n"';

/** Whether a text comes back as it went in. What may pass is thrown; what somebody has to set right is told in the log. */
async function tryImport(options: S3StagingOptions): Promise<boolean> {
  const { sql, bucket, clock, log } = options;
  const load = randomUUID();
  const not = (reason: string) => log.error('staging is not used, parameters are', { bucket, reason });
  try {
    const key = await upload(options, load, 0, csvRows(only(sample), { load, stagedAt: clock.now() }));
    await importFile(options, key);
    const [row] = await sql.query<{ body: string }>('delete from staged_text where load = :load::text returning body', {
      load,
    });
    if (row?.body === sample) return true;
    not('a text that was imported did not come back as it was; look whether the CSV of COPY has changed');
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    if (faults[code].retry) throw thrown;
    not(message);
  }
  return false;
}

async function stageAll(options: S3StagingOptions, texts: AsyncIterable<string>): Promise<Staged> {
  const { sql, clock, log, fileBytes = 32 * 1024 * 1024 } = options;
  const load = randomUUID();
  const given = { chunks: 0, bytes: 0 };
  const remove = async () => {
    try {
      await sql.query('delete from staged_text where load = :load::text', { load });
    } catch (thrown) {
      // Thrown, it would hide what ended the work; the first load a day later removes them.
      log.error('staged rows are left', { load, reason: Fault.from(thrown).message });
    }
  };
  const imports = beside(importsAtOnce);
  try {
    const rows = csvRows(counted(texts, given), { load, stagedAt: clock.now() });
    let files = 0;
    for await (const file of csvObjects(rows, fileBytes)) {
      imports.check();
      const key = await upload(options, load, files++, file);
      await imports.start(() => importFile(options, key));
    }
    await imports.end();
    imports.check();
    await checkWhole(sql, load, given);
  } catch (thrown) {
    await imports.end();
    await remove();
    throw thrown;
  }
  return { load, chunks: given.chunks, [Symbol.asyncDispose]: remove };
}

async function upload(
  { files }: S3StagingOptions,
  load: string,
  number: number,
  rows: AsyncIterable<Uint8Array>,
): Promise<string> {
  const key = `${load}/${number}.csv`;
  await files.replace(key, rows);
  return key;
}

async function importFile(options: S3StagingOptions, key: string): Promise<void> {
  const { sql, files, bucket, region, log } = options;
  try {
    await sql.query(
      `select aws_s3.table_import_from_s3('staged_text', 'load,chunk,body,staged_at', '(format csv, encoding ''UTF8'')',
         aws_commons.create_s3_uri(:bucket::text, :key::text, :region::text)) as told`,
      { bucket, key, region },
    );
  } catch (thrown) {
    throw importFault(thrown, bucket, key);
  } finally {
    await files.delete(key).catch((thrown) => {
      log.error('a staged file is left', { bucket, key, reason: Fault.from(thrown).message });
    });
  }
}

/** All of the load is there: neither a crash of the database nor a file that was cut goes unseen. */
async function checkWhole(sql: Sql, load: string, given: { readonly chunks: number; readonly bytes: number }) {
  const [there] = await sql.query<{ chunks: number; bytes: number }>(
    `select count(*) as chunks, coalesce(sum(octet_length(body)), 0)::bigint as bytes
     from staged_text where load = :load::text`,
    { load },
  );
  if (there?.chunks === given.chunks && there.bytes === given.bytes) return;
  throw new Fault(
    'internal/failed',
    `Of ${given.chunks} staged chunks of ${given.bytes} bytes ${there?.chunks} of ${there?.bytes} are in the database; stage them again`,
  );
}

/** Work beside the caller, at most so much at once. What it throws is kept: `check` throws the first of it. */
function beside(limit: number) {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  return {
    /** Waits until there is room. */
    async start(work: () => Promise<void>): Promise<void> {
      while (running.size >= limit) await Promise.race(running);
      const one = work()
        .catch((thrown: unknown) => void failures.push(thrown))
        .finally(() => running.delete(one));
      running.add(one);
    },
    async end(): Promise<void> {
      await Promise.all(running);
    },
    check(): void {
      if (failures.length > 0) throw failures[0];
    },
  };
}

async function* counted(texts: AsyncIterable<string>, given: { chunks: number; bytes: number }) {
  for await (const text of texts) {
    given.chunks++;
    given.bytes += Buffer.byteLength(text);
    yield text;
  }
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}
