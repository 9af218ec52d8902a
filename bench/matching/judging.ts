import { findingsOf } from '#matching/findings.ts';
import { judge } from '#matching/judge.ts';
import { packageSets } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import type { BenchDatabase } from './database.ts';
import type { Fleet } from './fleet.ts';
import type { Tell } from './full-load.ts';
import { latencies, startCpu, timed } from './measured.ts';

const images = 8;
const rounds = 200;
const warmUp = 2 * images;

/**
 * Judges images of one size, each many times: the judgement by itself, then with the rules, ratings and sources of its findings. CPU is that
 * of both sides together, which is what counts on a machine that does other things as well.
 */
export async function timeJudging(database: BenchDatabase, fleet: Fleet, packages: number, tell: Tell): Promise<void> {
  const { sql } = database;
  const stored: { readonly image: ReturnType<Fleet['imageOf']>; readonly digests: readonly string[] }[] = [];
  for (let at = 0; at < images; at++) {
    const image = fleet.imageOf(packages + at, packages);
    const { sets } = packageSets(image);
    await storePackageSets(sql, sets);
    stored.push({ image, digests: sets.map(({ digest }) => digest) });
  }
  await sql.query('vacuum analyze package');
  await sql.query('vacuum analyze package_set');
  const options = { asOf: null, knownSince: null, now: Date.now() };
  let records = 0;
  const one = (round: number) => stored[round % images]!;
  const judged = await repeat(database, async (round) => {
    records += (await judge(sql, one(round).digests)).judgements.length / (rounds + warmUp);
  });
  const found = await repeat(database, async (round) => {
    await findingsOf(sql, one(round).image, one(round).digests, options);
  });
  const what = `${packages} packages`;
  tell.measured({ what: `${what}: records that speak of them`, value: Math.round(records), unit: '' });
  for (const line of latencies(`${what}: judged`, judged.times, packages > 1000 ? { p99: 50 } : { p50: 10 }))
    tell.measured(line);
  if (judged.cpu !== null) tell.measured({ what: `${what}: judged, CPU`, value: judged.cpu, unit: 'ms' });
  for (const line of latencies(`${what}: findings`, found.times)) tell.measured(line);
}

/** Milliseconds of each round but the first, which compile what runs, and the mean of its CPU. */
async function repeat({ cpu }: BenchDatabase, work: (round: number) => Promise<void>) {
  for (let round = 0; round < warmUp; round++) await work(round);
  const used = await startCpu(cpu);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push((await timed(() => work(round))).seconds * 1000);
  const { both } = await used();
  return { times, cpu: both === null ? null : (both * 1000) / rounds };
}
