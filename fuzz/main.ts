import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '../bench/matching/table.ts';
import type { FuzzTurn } from './fuzz-job.ts';
import type { FuzzFinding } from './fuzz-run.ts';
import { runJob } from './run-job.ts';

/**
 * Feeds every parser of what images hold damaged input, in processes that may die: `npm run fuzz -- [--seconds N]
 * [--seed S] [--target NAME]... [--from N] [--until N] [--no-images]`. Ends with 1 when an input did what none may (see
 * fuzz-run.ts, run-job.ts); each is kept in a file, with the command that repeats it.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string', multiple: true },
    from: { type: 'string', default: '0' },
    until: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    images: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const { images } = values;
const seed = Number(values.seed);

/** After so many a target is left alone. */
const mostFindings = 5;

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-fuzz-'));
const kept = join(tmpdir(), 'plimsoll-fuzz-inputs');
try {
  const run = (turns: readonly FuzzTurn[] | null) => runJob(folder, { seed, images, turns, save: null });
  const names = values.target ?? (await run(null)).names;
  const seconds = Number(values.seconds) / names.length;
  const rows = new Map(names.map((name) => [name, { next: Number(values.from), findings: 0 }]));
  let left: FuzzTurn[] = names.map((target) => ({
    target,
    from: Number(values.from),
    until: Number(values.until),
    seconds,
  }));
  console.log(`seed ${seed}, ${names.length} targets, ${seconds.toFixed(1)} s each`);
  while (left.length > 0) {
    const { done, stopped } = await run(left);
    for (const { target, next, finding } of done) {
      rows.get(target)!.next = next;
      if (finding !== null) await tell(target, finding);
    }
    // Whoever stopped early goes on behind the input that stopped it.
    const again = done.filter(({ target, finding }) => finding !== null && rows.get(target)!.findings < mostFindings);
    left = left.filter(({ target }) => !done.some((one) => one.target === target));
    if (stopped !== null) {
      await tell(stopped.target, stopped.finding);
      const next = stopped.finding.input + 1;
      rows.get(stopped.target)!.next = next;
      const known = rows.get(stopped.target)!.findings < mostFindings;
      left = left.flatMap((turn) => (turn.target !== stopped.target ? [turn] : known ? [{ ...turn, from: next }] : []));
    }
    const until = Number(values.until);
    left.push(...again.map(({ target, next }) => ({ target, from: next, until, seconds: seconds / 2 })));
  }
  console.log(
    aligned([
      ['target', 'inputs', 'findings'],
      ...[...rows].map(([name, row]) => [name, String(row.next - Number(values.from)), String(row.findings)]),
    ]),
  );
  process.exitCode = [...rows.values()].some(({ findings }) => findings > 0) ? 1 : 0;

  async function tell(target: string, { input, what }: FuzzFinding): Promise<void> {
    rows.get(target)!.findings += 1;
    await mkdir(kept, { recursive: true });
    const file = join(kept, `${target}-${seed}-${input}`);
    const { path } = await runJob(folder, { seed, images, turns: null, save: { target, input, file } });
    const repeat = `npm run fuzz -- --target ${target} --seed ${seed} --from ${input} --until ${input + 1}${images ? '' : ' --no-images'}`;
    console.log(`${target}, input ${input}: ${what}\n  kept as ${file}, read as ${path}\n  ${repeat}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
