import { Fault } from '#core/fault.ts';
import { version } from '#core/version.ts';
import { globalOptions } from './client/global-options.ts';
import type { Group } from './client/leaf.ts';
import type { Command, CommandEntry } from './command.ts';
import type { Io } from './io.ts';
import { nearest } from './nearest.ts';
import { parseOptions } from './parse-options.ts';
import { report } from './report.ts';

/**
 * Runs one command line. Exit codes: 0 the image may ship (or the command did its work), 1 stopped by policy, or refused by
 * the server, 2 it could not be done; then one line on stderr says what, on what, and what to do.
 */
export async function main(commands: readonly CommandEntry[], argv: readonly string[], io: Io): Promise<number> {
  try {
    const { leading, name, rest } = split(argv);
    if (name === undefined) {
      io.err.write(overview(commands));
      return 2;
    }
    if (name === '--version' || name === '-V' || name === 'version') {
      io.out.write(`${version}\n`);
      return 0;
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      if (rest[0] === undefined) io.out.write(overview(commands));
      else return await help(find(commands, rest[0]), rest.slice(1), io);
      return 0;
    }
    const entry = find(commands, name);
    const command = await entry.load();
    const words = [...leading, ...rest];
    if ('leaves' in command) return await inGroup(command, entry.summary, words, io);
    const parsed = parseOptions(name, command.options, words);
    if (parsed === 'help') return await help(entry, [], io);
    return await command.run(io, parsed.values, parsed.positionals);
  } catch (thrown) {
    return report(thrown, io);
  }
}

/** Options of commands of a server may stand before the command, as scripts of anchore-cli have them. */
function split(argv: readonly string[]): {
  readonly leading: readonly string[];
  readonly name: string | undefined;
  readonly rest: readonly string[];
} {
  let at = 0;
  while (at < argv.length) {
    const [form, ...value] = argv[at]!.split('=');
    const option = globalOptions.find(({ name, short }) => form === `--${name}` || form === `-${short}`);
    if (option === undefined) break;
    at += option.value === undefined || value.length > 0 ? 1 : 2;
  }
  return { leading: argv.slice(0, at), name: argv[at], rest: argv.slice(at + 1) };
}

async function inGroup(group: Group, summary: string, words: readonly string[], io: Io): Promise<number> {
  return await (await import('./client/run-group.ts')).runGroup(group, summary, words, io);
}

function find(commands: readonly CommandEntry[], name: string): CommandEntry {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  const close = nearest(name, names);
  const hint = close === null ? `give ${names.join(', ')}` : `did you mean ${close}?`;
  const what = name.startsWith('-') ? 'option of commands' : 'command';
  throw new Fault('input/invalid', `'${name.slice(0, 40)}' is no ${what}; ${hint}`);
}

function overview(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const listed = (group: CommandEntry['group']) =>
    commands
      .filter((command) => command.group === group)
      .map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    'plimsoll: says what is in a container image, what is wrong with it, and whether it may ship',
    '',
    'usage: plimsoll COMMAND ...',
    '',
    ...listed(undefined),
    '',
    'Of a server (`plimsoll serve`, AWS, or Anchore Engine), in the words of anchore-cli:',
    '',
    ...listed('server'),
    '',
    'plimsoll COMMAND --help tells more; plimsoll --version tells the version.',
    'Exit codes: 0 done or may ship, 1 stopped by policy or refused by the server, 2 could not be done.',
    '',
  ].join('\n');
}

async function help(entry: CommandEntry, words: readonly string[], io: Io): Promise<number> {
  const command: Command | Group = await entry.load();
  if ('leaves' in command) return await inGroup(command, entry.summary, [...words, '--help'], io);
  io.out.write(`usage: plimsoll ${command.usage}\n\n${entry.summary}\n\n${command.help.trim()}\n`);
  return 0;
}
