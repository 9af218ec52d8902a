import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { bundle } from '../../infra/bundle.ts';
import { tasks } from '../../infra/functions.ts';
import type { AwsEstate } from './aws-estate.ts';
import { builtBundle } from './bundles.ts';

/**
 * The analyzer's task as the container image holds it, bundles beside each other, run until its queue is dry. The queues' clock goes on
 * meanwhile, or a receive would wait for ever. Gives its exit code and what it wrote.
 */
export async function runAnalyzerTask(estate: AwsEstate): Promise<{ readonly code: number; readonly said: string }> {
  const folder = join(dirname((await builtBundle('dispatch')).file), '..', 'task');
  const program = join(folder, 'analyzer.mjs');
  bundle(tasks.analyzer.entry, program);
  bundle('layers/analysis/threads/layer-worker.ts', join(folder, 'layer-worker.mjs'));
  const child = spawn(process.execPath, [program, '--dry-seconds', '0.2'], {
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
