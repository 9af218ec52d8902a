import { globalOptions } from './global-options.ts';
import type { Group, Leaf } from './leaf.ts';
import type { Argument, OptionLine } from './takes.ts';

/** The help of one command: how it is called, what it does, what it takes. */
export function leafHelp(group: Group, leaf: Leaf): string {
  const { summary, help, arguments: words = [], options = [] } = leaf;
  const parts = [
    `usage: plimsoll ${usageOf(group, leaf)}`,
    summary,
    ...(help === undefined ? [] : [wrap(help, 100, '')]),
    ...(words.length === 0 ? [] : [`Arguments:\n${listed(words.map((word) => [word.name, argumentHelp(word)]))}`]),
    ...(options.length === 0 ? [] : [`Options:\n${optionList(options)}`]),
    `Options of all commands of a server:\n${optionList(globalOptions)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The commands below some words of a group. */
export function groupHelp(group: Group, summary: string, words: readonly string[]): string {
  const leaves = group.leaves.filter((leaf) => words.every((word, at) => leaf.words.split(' ')[at] === word));
  const before = ['plimsoll', group.name, ...words].join(' ');
  const shown = leaves.map((leaf) => [leaf.words.split(' ').slice(words.length).join(' '), leaf.summary] as const);
  return `usage: ${before} COMMAND ...\n\n${summary}\n\nCommands:\n${listed(shown)}\n\n${before} COMMAND --help tells more.\n`;
}

/** `image add IMAGE [--force] ...`: optional words and options in brackets. */
export function usageOf(group: Group, { words, arguments: names = [], options = [] }: Leaf): string {
  const taken = names.map(({ name, optional, many, choices }) => {
    const shown = `${choices?.join('|') ?? name}${many ? ' ...' : ''}`;
    return optional ? `[${shown}]` : shown;
  });
  return [group.name, words, ...taken, ...(options.length === 0 ? [] : ['[options]'])].join(' ');
}

/** `-o, --output F`. */
export function optionForm({ name, short, value, many }: OptionLine): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}${many ? ' ...' : ''}`;
}

/** What an argument is, with what it may be. */
export function argumentHelp({ help, examples }: Argument): string {
  return examples === undefined ? help : `${help}: ${examples.join(', ')}, ...`;
}

function optionList(options: readonly OptionLine[]): string {
  return listed(options.filter(({ hidden }) => !hidden).map((option) => [optionForm(option), option.help]));
}

function listed(lines: readonly (readonly [name: string, text: string])[]): string {
  const width = Math.min(Math.max(...lines.map(([name]) => name.length)), 24);
  const indent = ' '.repeat(width + 4);
  return lines
    .map(([name, text]) => {
      const body = wrap(text, 120 - indent.length, indent);
      return name.length > width ? `  ${name}\n${indent}${body}` : `  ${name.padEnd(width)}  ${body}`;
    })
    .join('\n');
}

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${indent}`);
}
