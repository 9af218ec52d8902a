import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPgSql } from '#platform/local/pg-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { Sql } from '#platform/sql.ts';
import { knownOf, storePackages } from '#test/support/changing-feed.ts';
import { openBenchDatabase } from './matching/database.ts';
import { lots } from './matching/lots.ts';

/**
 * kill -9 of the process that syncs a feed and then sends on the images that this touches, at moments drawn by lot, on PostgreSQL: what is
 * left when it is run again has to be what an undisturbed run leaves. `node bench/matching-kills.ts [--rounds 10] [--seed N]`.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
});
const versions = ['A', 'B'] as const;
/** A killed process's lease is over after a minute. */
const leaseMs = 61_000;

await using server = await openBenchDatabase('postgres');
const undisturbed = await inSchema('undisturbed', async (url, sql) => {
  const times = { A: 0, B: 0 };
  for (const version of versions) times[version] = (await run(url, version, 0, null)).ms;
  return { times, state: await stateOf(sql) };
});
console.log(
  `undisturbed: ${undisturbed.times.A.toFixed(0)} and ${undisturbed.times.B.toFixed(0)} ms, ${undisturbed.state.length} facts, ${undisturbed.state.filter((line) => line.startsWith('sent')).length} images sent on`,
);
const drawn = lots(Number(values.seed));
let different = 0;
for (let round = 0; round < Number(values.rounds); round++) {
  await inSchema(`round_${round}`, async (url, sql) => {
    const moments: string[] = [];
    for (const version of versions) {
      const at = Math.floor(drawn.share() * undisturbed.times[version]);
      const killed = await run(url, version, 0, at);
      moments.push(`${version} ${killed.ended === 'SIGKILL' ? `killed after ${at} ms` : `ended before ${at} ms`}`);
      await quiet();
      await run(url, version, leaseMs, null);
    }
    const state = await stateOf(sql);
    const same = state.join('\n') === undisturbed.state.join('\n');
    if (!same) different++;
    console.log(`round ${round}: ${moments.join(', ')}: ${same ? 'the same state' : 'ANOTHER STATE'}`);
    if (!same) console.log(differences(undisturbed.state, state).slice(0, 10).join('\n'));
  });
}
console.log(`${values.rounds} rounds, seed ${values.seed}: ${different} ended otherwise than an undisturbed run`);
process.exitCode = different === 0 ? 0 : 1;

/** Work in a database of its own: packages, and images that hold them. */
async function inSchema<T>(schema: string, work: (url: string, sql: Sql) => Promise<T>): Promise<T> {
  await server.sql.query(`create schema ${schema}`);
  const url = new URL(server.url!);
  url.searchParams.set('options', `-c search_path=${schema}`);
  await using sql = openPgSql(url.href);
  await migrate(sql, await readMigrations(), systemClock);
  await storePackages(sql);
  await storeImages(sql);
  return await work(url.href, sql);
}

/** 2,000 images with two packages each. */
async function storeImages(sql: Sql): Promise<void> {
  await sql.query(
    `insert into account (account, type, state, created_at, updated_at) values ('fleet', 'user', 'enabled', 0, 0) on conflict do nothing`,
  );
  await sql.query(
    `with p as (select package_id, row_number() over (order by package_id) - 1 as at from package),
       s as (insert into package_set (digest, packages) select sha256(at::text::bytea), array[package_id] from p returning set_id, packages),
       i as (insert into image (account, digest, parent_digest, image_id, platform, pull_reference, state, status, created_at, updated_at, analyzed_at)
         select 'fleet', 'image ' || n, '', '', '', 'r/app', 'analyzed', 'active', 0, 0, 1 from generate_series(1, 2000) n returning image_no)
     insert into image_set (image_no, set_id)
     select i.image_no, s.set_id from i join p on p.at in (i.image_no % 48, i.image_no * 7 % 48) join s on s.packages = array[p.package_id]
     on conflict do nothing`,
  );
}

/** Runs the steps to their end, or until `killAfter` ms after they began. */
async function run(url: string, version: string, later: number, killAfter: number | null) {
  const child = fork(fileURLToPath(new URL('matching/killed-steps.ts', import.meta.url)), [
    url,
    version,
    String(later),
  ]);
  const exit = once(child, 'exit');
  await Promise.race([once(child, 'message'), exit]);
  const begun = performance.now();
  const killing = killAfter === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code, signal] = await exit;
  if (killing !== null) clearTimeout(killing);
  const ended = code ?? signal;
  if (ended !== 0 && !(ended === 'SIGKILL' && killAfter !== null))
    throw new Error(`version ${version} ended with ${ended}`);
  return { ended, ms: performance.now() - begun };
}

/** A statement that was sent goes on in the server, and counts, though nobody waits for it: it ends long before the lease does. */
async function quiet(): Promise<void> {
  for (;;) {
    const [row] = await server.sql.query<{ n: number }>(
      `select count(*) as n from pg_stat_activity where application_name = 'plimsoll' and state <> 'idle' and pid <> pg_backend_pid()`,
    );
    if (row!.n === 0) return;
    await systemClock.sleep(50);
  }
}

/** Everything that is known, what was announced, and which images were sent on: at least once, so each counts once. */
async function stateOf(sql: Sql): Promise<readonly string[]> {
  const sent = await sql.query<{ line: string }>(
    `select distinct 'sent ' || queue || ' ' || body as line from job order by 1`,
  );
  const announced = await sql.query<{ line: string }>(
    `select 'announced ' || feed_group || ' ' || (announced = revision) as line from feed_group order by 1`,
  );
  return [...(await knownOf(sql)), ...announced.map(({ line }) => line), ...sent.map(({ line }) => line)];
}

function differences(wanted: readonly string[], got: readonly string[]): readonly string[] {
  const [want, have] = [new Set(wanted), new Set(got)];
  return [
    ...wanted.filter((line) => !have.has(line)).map((line) => `- ${line}`),
    ...got.filter((line) => !want.has(line)).map((line) => `+ ${line}`),
  ];
}
