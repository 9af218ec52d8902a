import { parsable } from '../client/find-leaf.ts';
import { globalOptions } from '../client/global-options.ts';
import type { Group, Leaf } from '../client/leaf.ts';
import type { CommandEntry } from '../command.ts';
import type { Options } from '../parse-options.ts';

/** What may follow some words of a command line. */
export interface Node {
  /** Empty at the beginning, then `image`, `image add`. */
  readonly path: readonly string[];
  readonly words: readonly Choice[];
  /** As they are written, `--force`, with those that take a value marked. */
  readonly options: readonly (Choice & { readonly takesValue: boolean })[];
}

export interface Choice {
  readonly word: string;
  readonly summary: string;
}

/** Every place in command lines where a shell may complete something, the beginning first. */
export async function completionNodes(commands: readonly CommandEntry[]): Promise<readonly Node[]> {
  const nodes: Node[] = [
    { path: [], words: commands.map(({ name: word, summary }) => ({ word, summary })), options: [] },
  ];
  for (const { name, load } of commands) {
    const command = await load();
    if ('leaves' in command) nodes.push(...groupNodes(command));
    else nodes.push({ path: [name], words: [], options: listed(command.options, () => '') });
  }
  return nodes;
}

function groupNodes(group: Group): readonly Node[] {
  const paths = new Map<string, { readonly path: readonly string[]; readonly words: Map<string, string> }>();
  for (const leaf of group.leaves) {
    const words = leaf.words.split(' ');
    for (const [at, word] of words.entries()) {
      const path = [group.name, ...words.slice(0, at)];
      const place = paths.get(path.join(' ')) ?? { path, words: new Map() };
      place.words.set(word, at === words.length - 1 ? leaf.summary : `${word} ...`);
      paths.set(path.join(' '), place);
    }
  }
  const places = [...paths.values()].map(({ path, words }): Node => {
    return { path, words: [...words].map(([word, summary]) => ({ word, summary })), options: [] };
  });
  return [...places, ...group.leaves.map((leaf) => leafNode(group, leaf))];
}

function leafNode(group: Group, leaf: Leaf): Node {
  const choices = (leaf.arguments ?? []).flatMap(({ choices = [], examples = [], name }) =>
    [...choices, ...examples].map((word) => ({ word, summary: name })),
  );
  const lines = [...(leaf.options ?? []), ...globalOptions].filter(({ hidden }) => !hidden);
  const help = (name: string) => lines.find((line) => line.name === name)?.help ?? '';
  return { path: [group.name, ...leaf.words.split(' ')], words: choices, options: listed(parsable(lines), help) };
}

function listed(options: Options, help: (name: string) => string): Node['options'] {
  return Object.entries(options).map(([name, { type }]) => {
    return { word: `--${name}`, summary: help(name), takesValue: type === 'string' };
  });
}
