import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';

/** A worker process that hangs in this way, run to its end. */
async function run(way: 'blocked' | 'still' | 'well') {
  const program = join(import.meta.dirname, '../../support/children/hang.ts');
  const child = spawn(process.execPath, [program, way], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (piece) => (said += String(piece)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const lines = said.split('\n').filter(Boolean);
  return { end: code ?? signal, last: JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

test('a worker whose step blocks its main thread is ended, and says why', async () => {
  const { end, last } = await run('blocked');
  assert.equal(end, 'SIGKILL');
  assert.deepEqual(
    [last['level'], last['fact'], last['reason']],
    ['error', 'process ends itself', 'its main thread is blocked'],
  );
});

test('a worker that waits for an answer that never comes is ended, and says why', async () => {
  const { end, last } = await run('still');
  assert.deepEqual([end, last['reason']], ['SIGKILL', 'nothing goes on in it']);
});

test('a worker that takes longer than a heartbeat, but goes on, ends by itself', async () => {
  const { end, last } = await run('well');
  assert.deepEqual([end, last['why']], [0, 'dry']);
});
