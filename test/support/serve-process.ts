import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../bin/plimsoll.ts');

/** `plimsoll serve` as a process of its own, to be killed. */
export interface ServeProcess extends AsyncDisposable {
  readonly url: string;
  /** Of the user admin. */
  readonly password: string;
  /** kill -9. */
  kill(): Promise<void>;
  /** The answer to a request of the administrator, as JSON. */
  ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>;
}

const password = 'only-for-tests';

/** Starts the server on a free port, with more options where they are given, and waits until it says where it answers. */
export async function startServe(data: string, mirror: string, ...more: readonly string[]): Promise<ServeProcess> {
  const options = ['--port', '0', '--data', data, '--feeds-mirror', mirror, ...more];
  const child = spawn(process.execPath, [program, 'serve', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PLIMSOLL_ADMIN_PASSWORD: password },
  });
  const url = await servingUrl(child);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    password,
    kill,
    [Symbol.asyncDispose]: kill,
    async ask(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as never;
    },
  };
}

async function servingUrl(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const piece of child.stderr!.iterator({ destroyOnReturn: false })) {
    said += String(piece);
    const url = /serving on (\S+),/.exec(said)?.[1];
    if (url !== undefined) {
      child.stderr!.resume();
      return url;
    }
  }
  throw new Error(`plimsoll serve ended before it served:\n${said}`);
}
