import { globalOptions } from '../client/global-options.ts';
import type { Group, Leaf } from '../client/leaf.ts';
import type { OptionLine } from '../client/takes.ts';
import type { CommandEntry } from '../command.ts';
import type { Options } from '../parse-options.ts';

/** What may follow some words of a command line. */
export interface Node {
  /** Empty at the beginning, then `image`, `image add`. */
  readonly path: readonly string[];
  readonly words: readonly Choice[];
  /** As they are written, `--force`, with those that take a value marked. */
  readonly options: readonly OptionChoice[];
  /** Whether the options of all commands of a server stand here too. */
  readonly asksServer: boolean;
}

export interface OptionChoice extends Choice {
  readonly takesValue: boolean;
}

export interface Choice {
  readonly word: string;
  readonly summary: string;
}

/** The options of all commands of a server. */
export const commonOptions: readonly OptionChoice[] = optionChoices(globalOptions);

/** Every place in command lines where a shell may complete something, the beginning first. */
export async function completionNodes(commands: readonly CommandEntry[]): Promise<readonly Node[]> {
  const nodes: Node[] = [node([], { words: commands.map(({ name: word, summary }) => ({ word, summary })) })];
  for (const { name, load } of commands) {
    const command = await load();
    if ('leaves' in command) nodes.push(...groupNodes(command));
    else nodes.push(node([name], { options: verbOptions(command.options) }));
  }
  return nodes;
}

function node(path: readonly string[], more: Partial<Node>): Node {
  return { path, words: [], options: [], asksServer: false, ...more };
}

function groupNodes(group: Group): readonly Node[] {
  const places = new Map<string, { readonly path: readonly string[]; readonly words: Map<string, string> }>();
  for (const leaf of group.leaves) {
    const words = leaf.words.split(' ');
    for (const [at, word] of words.entries()) {
      const path = [group.name, ...words.slice(0, at)];
      const place = places.get(path.join(' ')) ?? { path, words: new Map() };
      place.words.set(word, at === words.length - 1 ? leaf.summary : `${word} ...`);
      places.set(path.join(' '), place);
    }
  }
  const inner = [...places.values()].map(({ path, words }) =>
    node(path, { words: [...words].map(([word, summary]) => ({ word, summary })) }),
  );
  return [...inner, ...group.leaves.map((leaf) => leafNode(group, leaf))];
}

function leafNode(group: Group, leaf: Leaf): Node {
  const words = (leaf.arguments ?? []).flatMap(({ choices = [], examples = [], name: summary }) =>
    [...choices, ...examples].map((word) => ({ word, summary })),
  );
  return node([group.name, ...leaf.words.split(' ')], {
    ...{ words, options: optionChoices(leaf.options ?? []), asksServer: true },
  });
}

function optionChoices(lines: readonly OptionLine[]): readonly OptionChoice[] {
  return lines
    .filter(({ hidden }) => !hidden)
    .map(({ name, value, help }) => ({ word: `--${name}`, summary: help, takesValue: value !== undefined }));
}

function verbOptions(options: Options): readonly OptionChoice[] {
  return Object.entries(options).map(([name, { type }]) => {
    return { word: `--${name}`, summary: '', takesValue: type === 'string' };
  });
}
