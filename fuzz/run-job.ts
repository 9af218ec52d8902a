import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FuzzJob, FuzzWord } from './fuzz-job.ts';
import type { FuzzFinding } from './fuzz-run.ts';

/** Heap of the process, and how long one input may keep it: what only takes long is told by the process itself. */
const heapMiB = 512;
const hangSeconds = 30;

export interface JobDone {
  readonly names: readonly string[];
  readonly done: readonly Extract<FuzzWord, { kind: 'turn' }>[];
  readonly path: string;
  /** The input at which the process hung or died. */
  readonly stopped: { readonly target: string; readonly finding: FuzzFinding } | null;
}

/** Does a job in a process of its own and waits until it ends, well or not. `folder` is for files between the two. */
export async function runJob(folder: string, job: Omit<FuzzJob, 'place'>): Promise<JobDone> {
  const place = join(folder, 'place');
  const file = join(folder, 'job.json');
  await writeFile(place, '');
  await writeFile(file, JSON.stringify({ ...job, place } satisfies FuzzJob));
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${heapMiB}`, join(import.meta.dirname, 'child.ts'), file],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-4000)));
  let hung = false;
  let seen = '';
  let since = performance.now();
  const watch = setInterval(() => {
    const now = readFileSync(place, 'utf8');
    if (now !== seen) [seen, since] = [now, performance.now()];
    else if (now !== '' && performance.now() - since > hangSeconds * 1000) {
      hung = true;
      child.kill('SIGKILL');
    }
  }, 500);
  const ended = await new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  clearInterval(watch);
  const words = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FuzzWord);
  const [target, input] = readFileSync(place, 'utf8').trim().split(' ');
  if (ended !== 0 && (target === undefined || input === undefined))
    throw new Error(`the process ended with ${ended}: ${err}`);
  const how = hung ? `hung for ${hangSeconds} s` : `ended the process (${ended}): ${err.slice(0, 1500)}`;
  return {
    names: words.flatMap((word) => (word.kind === 'targets' ? word.names : [])),
    done: words.filter((word) => word.kind === 'turn'),
    path: words.find((word) => word.kind === 'saved')?.path ?? '',
    stopped: ended === 0 ? null : { target: target!, finding: { input: Number(input), what: how } },
  };
}
