import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import type { FuzzJob, FuzzWord } from './fuzz-job.ts';
import { fuzzRun, inputOf } from './fuzz-run.ts';
import { openTargets } from './targets.ts';

/** Feeds the targets of a job in a process that may hang or die: `node child.ts JOB`. Says a line of JSON for each thing that happened. */
const job = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as FuzzJob;
const targets = await openTargets({ images: job.images });
const say = (word: FuzzWord) => console.log(JSON.stringify(word));
if (job.save !== null) {
  const { target: name, input, file } = job.save;
  const seeds = targets.find((one) => one.name === name)!.seeds();
  const made = inputOf(
    seeds,
    seeds.map(({ bytes }) => bytes),
    job.seed,
    input,
  );
  writeFileSync(file, made.bytes);
  say({ kind: 'saved', path: made.seed.path });
} else {
  if (job.turns === null) say({ kind: 'targets', names: targets.map(({ name }) => name) });
  // Where it is stands in a file: a process that hangs or dies tells nothing more.
  const place = openSync(job.place, 'w');
  for (const { target: name, from, until, seconds } of job.turns ?? []) {
    const target = targets.find((one) => one.name === name)!;
    const end = performance.now() + seconds * 1000;
    const { next, finding } = await fuzzRun(target, {
      seed: job.seed,
      from,
      goOn: (input) => input < until && performance.now() < end,
      onInput: (input) => void writeSync(place, `${name} ${input}`.padEnd(100), 0),
    });
    say({ kind: 'turn', target: name, next, finding });
  }
}
