import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that answers on its port until it is disposed of, or what it said instead. */
export type Program =
  | ({ readonly kind: 'answers' } & AsyncDisposable)
  | { readonly kind: 'failed'; readonly reason: string };

export interface ProgramOptions {
  /** Its working directory, and its home: it leaves nothing elsewhere. */
  readonly folder: string;
  readonly port: number;
  /** What it answers, with any status under 500, once it is ready. */
  readonly path: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const readyWithin = 60_000;

/** Starts a program that listens on 127.0.0.1, and waits until it answers. It never outlives this process. */
export async function startProgram(command: readonly string[], options: ProgramOptions): Promise<Program> {
  const [file, ...rest] = command as readonly [string, ...string[]];
  const child = spawn(file, rest, {
    cwd: options.folder,
    env: { ...process.env, HOME: options.folder, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-1000);
    });
  const ended = once(child, 'exit').then(
    ([code, signal]) => `ended with ${code ?? signal}: ${said.trim()}`,
    (error: Error) => error.message,
  );
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(killNow, 5_000);
    await ended;
    clearTimeout(late);
    process.off('exit', killNow);
  };
  const over = new AbortController();
  const ready = isReady(`http://127.0.0.1:${options.port}${options.path}`, over.signal);
  const first = await Promise.race([ready, ended]);
  over.abort();
  if (first === true) return { kind: 'answers', [Symbol.asyncDispose]: stop };
  await stop();
  const why = first === false ? `did not answer within ${readyWithin / 1000} s: ${said.trim()}` : first;
  return { kind: 'failed', reason: `${file} ${why}` };
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isReady(url: string, over: AbortSignal): Promise<boolean> {
  const until = performance.now() + readyWithin;
  while (performance.now() < until && !over.aborted) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      await answer.arrayBuffer();
      if (answer.status < 500) return true;
    } catch {
      // Not yet.
    }
    await sleep(250);
  }
  return false;
}
