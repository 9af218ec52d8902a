import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { bundle } from '../../infra/bundle.ts';
import { type TaskName, tasks } from '../../infra/functions.ts';
import type { AwsEstate } from './aws-estate.ts';
import { builtBundle } from './bundles.ts';

/**
 * A task as the container image holds it, bundles beside each other, run to its end. The queues' clock goes on meanwhile, or a receive
 * would wait for ever. Gives its exit code and what it wrote.
 */
export async function runTask(
  estate: AwsEstate,
  name: TaskName,
  args: readonly string[],
): Promise<{ readonly code: number; readonly said: string }> {
  const program = await builtTask(name);
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...estate.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (piece) => (said += String(piece)));
  let code: number | null = null;
  void once(child, 'exit').then(([ended]) => (code = (ended as number | null) ?? -1));
  while (code === null) {
    await new Promise((done) => setTimeout(done, 20));
    await estate.clock.advance(1000);
  }
  return { code, said };
}

/** The program of a task as the container image holds it, with what lies beside it. */
export async function builtTask(name: TaskName): Promise<string> {
  const folder = join(dirname((await builtBundle('dispatch')).file), '..', 'task');
  const program = join(folder, `${name}.mjs`);
  bundle(tasks[name].entry, program);
  bundle('layers/analysis/threads/layer-worker.ts', join(folder, 'layer-worker.mjs'));
  return program;
}
