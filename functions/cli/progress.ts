import type { Io } from './io.ts';

/** One line on a terminal that says what is going on; nothing at all where stderr is no terminal or quiet is asked. */
export interface Progress extends Disposable {
  show(text: string): void;
}

/** Shows at most ten lines a second; disposing clears the line, once. */
export function progressOn(io: Io, quiet: boolean, now: () => number): Progress {
  if (quiet || io.err.isTTY !== true) return { show: () => {}, [Symbol.dispose]: () => {} };
  const clear = '\r\x1b[2K';
  let last = 0;
  let shown = false;
  return {
    show: (text) => {
      if (now() - last < 100) return;
      last = now();
      shown = true;
      io.err.write(`${clear}${text.replace(/\p{Cc}/gu, '?').slice(0, columnsOf(io.err) - 1)}`);
    },
    [Symbol.dispose]: () => {
      if (shown) io.err.write(clear);
      shown = false;
    },
  };
}

/** Columns of a terminal. One that does not know its size says 0. */
export function columnsOf(stream: Io['out']): number {
  return Math.max(stream.columns || 80, 20);
}

/** Bytes for people: `12.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
