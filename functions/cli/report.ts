import { Fault, faults } from '#core/fault.ts';
import type { Io } from './io.ts';

/** Writes the one line of a failure, without whatever password was given in it, and its stack where that was asked for; answers the exit code. */
export function report(thrown: unknown, io: Io, debug = Boolean(io.env['PLIMSOLL_DEBUG'])): number {
  const fault = Fault.from(thrown);
  io.err.write(`plimsoll: ${oneLine(withoutPasswords(fault.message))} (${fault.code})\n`);
  // A defect of ours is the one case where a stack helps whoever reports it.
  if (debug) io.err.write(`${fault.stack ?? ''}\n${fault.cause instanceof Error ? fault.cause.stack : ''}\n`);
  return faults[fault.code].exit;
}

/** Control characters of a name in an image must not reach the terminal. */
function oneLine(message: string): string {
  return message
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .slice(0, 2000);
}

/** `USER:PASSWORD@` of a URL or a mistaken reference; `NAME:TAG@sha256:...` has none. */
function withoutPasswords(message: string): string {
  return message.replace(/([^\s'"/:@]*):([^\s'"/@]+)@(?!sha(256|512):)/g, '$1:***@');
}
