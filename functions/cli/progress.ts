import type { Io } from './command.ts';

/** One line on a terminal that says what is going on; nothing at all where stderr is no terminal or quiet is asked. */
export interface Progress extends Disposable {
  show(text: string): void;
}

/** Shows at most ten lines a second; disposing clears the line. */
export function progressOn(io: Io, quiet: boolean, now: () => number): Progress {
  if (quiet || io.err.isTTY !== true) return { show: () => {}, [Symbol.dispose]: () => {} };
  let last = 0;
  return {
    show: (text) => {
      if (now() - last < 100) return;
      last = now();
      io.err.write(`\r\x1b[2K${text.slice(0, (io.err.columns ?? 80) - 1)}`);
    },
    [Symbol.dispose]: () => {
      io.err.write('\r\x1b[2K');
    },
  };
}

/** Bytes for people: `12.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
