import { parseArgs } from 'node:util';
import { Fault } from '#core/fault.ts';
import type { Options } from '../parse-options.ts';
import { nearest } from '../nearest.ts';
import { globalOptions } from './global-options.ts';
import type { Group, Leaf } from './leaf.ts';
import type { OptionLine } from './takes.ts';

/** Which command of a group a command line means, or, where help is asked for or nothing is named, the words of those that it may. */
export type Found =
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly title: string; readonly argv: readonly string[] }
  | { readonly kind: 'help'; readonly words: readonly string[]; readonly asked: boolean };

/**
 * Finds the command that the words of a line name; options may stand anywhere between them. `argv` is the line without
 * these words. Throws `input/invalid` for words that are no command.
 */
export function findLeaf(group: Group, argv: readonly string[]): Found {
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...parsable(globalOptions), ...parsable(group.leaves.flatMap(({ options = [] }) => options)) },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals = tokens.filter((token) => token.kind === 'positional');
  const taken: typeof positionals = [];
  let near = group.leaves;
  for (const token of positionals) {
    const words = [...taken.map(({ value }) => value), token.value];
    const next = near.filter((leaf) => words.every((word, at) => leaf.words.split(' ')[at] === word));
    if (next.length === 0) break;
    near = next;
    taken.push(token);
    if (near.length === 1 && near[0]!.words.split(' ').length === taken.length) {
      const rest = argv.filter((_, at) => !taken.some(({ index }) => index === at));
      return { kind: 'leaf', leaf: near[0]!, title: `${group.name} ${near[0]!.words}`, argv: rest };
    }
  }
  const words = taken.map(({ value }) => value);
  const stray = positionals[taken.length]?.value;
  const asked = tokens.some((token) => token.kind === 'option' && (token.name === 'help' || token.rawName === '-h'));
  if (stray === undefined || stray === 'help' || asked)
    return { kind: 'help', words, asked: asked || stray === 'help' };
  throw unknown(group, words, stray);
}

/** Lines of options as `parseArgs` takes them. */
export function parsable(lines: readonly OptionLine[]): Options {
  return Object.fromEntries(
    lines.map(({ name, short, value, many }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        ...(many === undefined ? {} : { multiple: true }),
      },
    ]),
  );
}

/** The words that may follow those that were given. */
export function nextWords(group: Group, words: readonly string[]): readonly string[] {
  const next = group.leaves
    .map((leaf) => leaf.words.split(' '))
    .filter((all) => words.every((word, at) => all[at] === word) && all.length > words.length)
    .map((all) => all[words.length]!);
  return [...new Set(next)];
}

function unknown(group: Group, words: readonly string[], stray: string): Fault {
  const before = [group.name, ...words].join(' ');
  const known = nextWords(group, words);
  const close = nearest(stray, known);
  const hint = close === null ? `give ${known.join(', ')}` : `did you mean plimsoll ${before} ${close}?`;
  return new Fault('input/invalid', `'${before} ${stray.slice(0, 40)}' is no command; ${hint}`);
}
