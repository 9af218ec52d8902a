import { randomBytes } from 'node:crypto';
import { access, chmod, mkdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import { endLeases } from '../lease.ts';
import { migrate, readMigrations } from '../migrate.ts';
import type { Platform } from '../platform.ts';
import type { OpenSql } from '../sql.ts';
import { fileSecrets } from './file-secrets.ts';
import { openFolderBlobs } from './folder-blobs.ts';
import { offlineFetch } from './offline-fetch.ts';
import { acquirePidLock, type LockPurpose, type LockRequest } from './pid-lock.ts';
import { systemClock } from './system-clock.ts';
import { systemFetch } from './system-fetch.ts';
import { tableQueues } from './table-queue.ts';

export interface LocalOptions {
  /** The data folder; made when it is not there. */
  readonly data: string;
  readonly purpose: LockPurpose;
  /** Where this process answers, when it serves. */
  readonly url?: string;
  readonly offline: boolean;
  /** `postgres://...`; the embedded database in the data folder when left out. */
  readonly databaseUrl?: string;
  readonly log: Log;
  /** Milliseconds to wait for another process that does not serve; 10 minutes when left out. */
  readonly waitMs?: number;
  readonly onWait?: LockRequest['onWait'];
}

/** One machine as a platform. Disposing of it closes the database and lets go of the data folder. */
export interface LocalPlatform extends Platform, AsyncDisposable {
  readonly data: string;
  /** A path for a file of this process; what is left there is removed when the folder is next opened. */
  temporaryFile(name: string): string;
  /**
   * For a server that starts: gives back every queue message that a killed process had in hand. With a database of its
   * own this process is the only consumer; with `databaseUrl` there must be no other server on that database.
   */
  recover(): Promise<void>;
}

/** A killed process counts as an attempt: an operator's restarts must not use up a message. */
const maxAttempts = 20;

const longestWait = 10 * 60 * 1000;

/**
 * Opens a data folder for this process alone: lock, database brought to the last migration, blobs, secrets, temporary folder.
 * Throws `data/in-use` while another process has it, `sql/unavailable`, `state/conflict` when a newer Plimsoll made it,
 * `input/invalid` when the folder cannot be made or used.
 */
export async function openLocalPlatform(options: LocalOptions): Promise<LocalPlatform> {
  await using opened = new AsyncDisposableStack();
  const data = resolve(options.data);
  const clock = systemClock;
  await makeFolder(data);
  opened.use(
    await acquirePidLock(data, {
      purpose: options.purpose,
      ...(options.url === undefined ? {} : { url: options.url }),
      waitMs: options.waitMs ?? longestWait,
      clock,
      ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
    }),
  );
  const temporary = join(data, 'tmp');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  const [sql, migrations, blobs] = await Promise.all([
    openDatabase(data, options.databaseUrl),
    readMigrations(),
    openFolderBlobs(join(data, 'blobs'), { alone: true }),
  ]);
  opened.use(sql);
  const applied = await migrate(sql, migrations, clock);
  if (applied.length > 0) options.log.info('database migrated', { data, applied: applied.length });
  if (options.databaseUrl === undefined) await endLeases(sql);
  const { queues, recoverOwned } = tableQueues(sql, clock, { maxAttempts });
  const resources = opened.move();
  return {
    data,
    sql,
    blobs,
    queues,
    secrets: fileSecrets(join(data, 'secrets')),
    clock,
    fetch: options.offline ? offlineFetch : systemFetch({ proxies: process.env }),
    log: options.log,
    staging: null,
    temporaryFile: (name) =>
      join(temporary, `${randomBytes(6).toString('hex')}-${name.replace(/[^A-Za-z0-9._-]/g, '_').slice(-100)}`),
    async recover() {
      const freed = await recoverOwned();
      if (freed > 0) options.log.info('messages of a killed process are free again', { messages: freed });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** `XDG_DATA_HOME/plimsoll`, or `~/.local/share/plimsoll` (XDG Base Directory Specification: a relative value is ignored). */
export function defaultDataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment['XDG_DATA_HOME'];
  const home = environment['HOME'] || homedir();
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'share'), 'plimsoll');
}

async function makeFolder(data: string): Promise<void> {
  try {
    if (await makeFolders(data)) await chmod(data, 0o700);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'there is a file of that name' : code;
    throw new Fault('input/invalid', `The data folder ${data} cannot be made (${why}); give another one with --data`);
  }
  // 7 is all of read, write and enter.
  await access(data, 7).catch(() => {
    throw new Fault('input/invalid', `The data folder ${data} cannot be written; give another one with --data`);
  });
}

/** False when the folder is there. The recursive mkdir of Node 24 never ends in a folder that answers ENOENT, as /proc does. */
async function makeFolders(folder: string): Promise<boolean> {
  for (let asked = false; ; asked = true) {
    try {
      await mkdir(folder, { mode: 0o700 });
      return true;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return false;
      if (code !== 'ENOENT' || asked || dirname(folder) === folder) throw thrown;
      await makeFolders(dirname(folder));
    }
  }
}

/** The drivers are loaded here because they are large and only one of them is needed. */
async function openDatabase(data: string, url: string | undefined): Promise<OpenSql> {
  if (url !== undefined) return (await import('./pg-sql.ts')).openPgSql(url);
  const { openPgliteSql } = await import('./pglite-sql.ts');
  return openPgliteSql(join(data, 'db'));
}
