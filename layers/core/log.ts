import { aboutNow } from './about.ts';

/** A log line is one fact with ids. Never a secret, never a whole event or document. */
export interface Log {
  info(fact: string, ids?: Readonly<Record<string, unknown>>): void;
  error(fact: string, ids?: Readonly<Record<string, unknown>>): void;
}

/** A log that writes one JSON object a line, with the ids of what the work is about. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, fact: string, ids: Readonly<Record<string, unknown>> = {}) =>
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, fact, ...aboutNow(), ...ids })}\n`);
  return {
    info: (fact, ids) => line('info', fact, ids),
    error: (fact, ids) => line('error', fact, ids),
  };
}

/** A log that keeps nothing. */
export const silentLog: Log = { info: () => {}, error: () => {} };
