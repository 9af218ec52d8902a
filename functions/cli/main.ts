import { Fault, faults } from '#core/fault.ts';
import { version } from '#core/version.ts';
import type { Command, CommandEntry, Io } from './command.ts';
import { nearest } from './nearest.ts';
import { parseOptions } from './parse-options.ts';

/**
 * Runs one command line. Exit codes: 0 the image may ship (or the command did its work), 1 stopped by policy, 2 it could
 * not be done; then one line on stderr says what, on what, and what to do.
 */
export async function main(commands: readonly CommandEntry[], argv: readonly string[], io: Io): Promise<number> {
  try {
    const [name, ...rest] = argv;
    if (name === undefined) {
      io.err.write(overview(commands));
      return 2;
    }
    if (name === '--version' || name === '-V' || name === 'version') {
      io.out.write(`${version}\n`);
      return 0;
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      io.out.write(rest[0] === undefined ? overview(commands) : await helpOf(find(commands, rest[0])));
      return 0;
    }
    const entry = find(commands, name);
    const command = await entry.load();
    const parsed = parseOptions(name, command.options, rest);
    if (parsed === 'help') {
      io.out.write(await helpOf(entry));
      return 0;
    }
    return await command.run(io, parsed.values, parsed.positionals);
  } catch (thrown) {
    return report(thrown, io);
  }
}

/** Writes the one line of a failure, without whatever password was given in it; answers the exit code. */
export function report(thrown: unknown, io: Io): number {
  const fault = Fault.from(thrown);
  io.err.write(`plimsoll: ${oneLine(withoutPasswords(fault.message))} (${fault.code})\n`);
  // A defect of ours is the one case where a stack helps whoever reports it.
  if (io.env['PLIMSOLL_DEBUG'])
    io.err.write(`${fault.stack ?? ''}\n${fault.cause instanceof Error ? fault.cause.stack : ''}\n`);
  return faults[fault.code].exit;
}

function find(commands: readonly CommandEntry[], name: string): CommandEntry {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  const close = nearest(name, names);
  const hint = close === null ? `give ${names.join(', ')}` : `did you mean ${close}?`;
  throw new Fault('input/invalid', `'${name.slice(0, 40)}' is no command; ${hint}`);
}

function overview(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'plimsoll: says what is in a container image, what is wrong with it, and whether it may ship',
    '',
    'usage: plimsoll COMMAND ...',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'plimsoll COMMAND --help tells more; plimsoll --version tells the version.',
    'Exit codes: 0 done or may ship, 1 stopped by policy, 2 could not be done.',
    '',
  ].join('\n');
}

async function helpOf({ summary, load }: CommandEntry): Promise<string> {
  const { usage, help }: Command = await load();
  return `usage: plimsoll ${usage}\n\n${summary}\n\n${help.trim()}\n`;
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
