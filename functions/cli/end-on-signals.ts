import { constants } from 'node:os';
import type { Io } from './io.ts';

/**
 * Until it is disposed of, SIGINT and SIGTERM end the process with 128 and the signal's number: the progress line is
 * cleared and the data folder's lock removed at exit. Whatever was half done is done again next time; a second signal
 * does not wait for anything.
 */
export function endOnSignals(io: Io): Disposable {
  const end = (signal: NodeJS.Signals) => {
    io.err.write(`${io.err.isTTY === true ? '\r\x1b[2K' : ''}plimsoll: ended by ${signal}\n`);
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, end);
    },
  };
}
