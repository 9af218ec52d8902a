import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A program of test/support/children in a process of its own; killed at the end of the block. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** The next line it prints; null when it has ended. */
  line(): Promise<string | null>;
  /** Lets it go on: a line on its standard input. */
  go(): void;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
}

export function startChild(program: string, ...args: readonly string[]): Child {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'children', program), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const kill = async () => {
    child.kill('SIGKILL');
    await exit;
  };
  return {
    pid: child.pid!,
    async line() {
      const next = await lines.next();
      return next.done === true ? null : next.value;
    },
    go: () => child.stdin!.write('\n'),
    kill,
    ended: () => exit,
    [Symbol.asyncDispose]: kill,
  };
}
