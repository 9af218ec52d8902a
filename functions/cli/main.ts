import { parseArgs } from 'node:util';
import { Fault, faults } from '#core/fault.ts';
import { version } from '#core/version.ts';
import type { Command, Io } from './command.ts';

/**
 * Runs one command line. Exit codes: 0 the image may ship (or the command did its work), 1 stopped by policy, 2 it could
 * not be done; then one line on stderr says what, on what, and what to do.
 */
export async function main(commands: readonly Command[], argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0]);
    io.out.write(asked === undefined ? overview(commands) : helpOf(asked));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    io.out.write(`${version}\n`);
    return 0;
  }
  try {
    const command = commands.find((one) => one.name === name);
    if (command === undefined) throw new Fault('input/invalid', unknownCommand(commands, name));
    const { values, positionals } = parse(command, rest);
    if (values.help === true) {
      io.out.write(helpOf(command));
      return 0;
    }
    return await command.run(io, values, positionals);
  } catch (thrown) {
    return report(thrown, io);
  }
}

function parse(command: Command, argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (thrown) {
    const reason = (thrown instanceof Error ? thrown.message : String(thrown)).split('. ')[0];
    throw new Fault('input/invalid', `${command.name}: ${reason}; see plimsoll ${command.name} --help`, {
      cause: thrown,
    });
  }
}

function report(thrown: unknown, io: Io): number {
  const fault = Fault.from(thrown);
  io.err.write(`plimsoll: ${fault.message.replace(/\s+/g, ' ')} (${fault.code})\n`);
  // A defect of ours is the one case where a stack helps whoever reports it.
  if (io.env['PLIMSOLL_DEBUG'])
    io.err.write(`${fault.stack ?? ''}\n${fault.cause instanceof Error ? fault.cause.stack : ''}\n`);
  return faults[fault.code].exit;
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'plimsoll: says what is in a container image, what is wrong with it, and whether it may ship',
    '',
    'usage: plimsoll COMMAND ...',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'plimsoll COMMAND --help tells more. Exit codes: 0 done or pass, 1 stopped by policy, 2 could not be done.',
    '',
  ].join('\n');
}

function helpOf(command: Command): string {
  return `usage: plimsoll ${command.usage}\n\n${command.summary}\n\n${command.help.trim()}\n`;
}

function unknownCommand(commands: readonly Command[], name: string): string {
  const close = commands.find((command) => distance(command.name, name) <= 2);
  const hint = close === undefined ? commands.map((command) => command.name).join(', ') : `did you mean ${close.name}?`;
  return `'${name.slice(0, 40)}' is no command; ${hint}`;
}

/** Levenshtein distance, for short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= Math.min(a.length, 40); i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
