import { Fault } from '#core/fault.ts';
import type { Values } from '../parse-options.ts';
import type { Takes } from './takes.ts';

/** What was given to a command, by the names of its arguments and options. */
export interface Given {
  /** An argument that a command cannot do without. */
  word(name: string): string;
  /** An argument that may be left out. */
  maybe(name: string): string | undefined;
  /** The words of an argument that takes many. */
  words(name: string): readonly string[];
  flag(option: string): boolean;
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  /** A number, or what it is when left out. Throws `input/invalid` for anything else. */
  number(option: string, absent: number): number;
}

/** Sorts words and options of a command line by what the command calls them; throws `input/invalid` for too few or too many. */
export function givenTo(title: string, takes: Takes, words: readonly string[], values: Values): Given {
  const named = namedWords(title, takes, words);
  const text = (option: string) => {
    const value = values[option];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last === '' && option !== 'feedsready' && option !== 'servicesready')
      throw new Fault('input/invalid', `${title}: --${option} is empty`);
    return typeof last === 'string' ? last : undefined;
  };
  const given: Given = {
    word: (name) => named.get(name)?.[0] ?? '',
    maybe: (name) => named.get(name)?.[0],
    words: (name) => named.get(name) ?? [],
    flag: (option) => values[option] === true,
    text,
    texts: (option) =>
      ((values[option] ?? []) as readonly (string | boolean)[]).filter((one) => typeof one === 'string'),
    number(option, absent) {
      const value = text(option);
      if (value === undefined) return absent;
      if (!/^-?(\d+\.?\d*|\.\d+)$/.test(value))
        throw new Fault('input/invalid', `${title}: --${option} ${value.slice(0, 40)} is no number`);
      return Number(value);
    },
  };
  checkChoices(title, takes, given);
  return given;
}

function namedWords(title: string, takes: Takes, words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, readonly string[]>();
  const see = `see plimsoll ${title} --help`;
  let left = words;
  for (const { name, optional, many } of takes.arguments ?? []) {
    const taken = many ? left : left.slice(0, 1);
    left = left.slice(taken.length);
    if (taken.length === 0 && !optional) throw new Fault('input/invalid', `${title}: ${name} is missing; ${see}`);
    if (taken.includes('')) throw new Fault('input/invalid', `${title}: ${name} is empty; ${see}`);
    if (taken.length > 0) named.set(name, taken);
  }
  if (left.length > 0)
    throw new Fault('input/invalid', `${title}: '${left[0]!.slice(0, 60)}' is one word too many; ${see}`);
  return named;
}

function checkChoices(title: string, takes: Takes, given: Given): void {
  const wrong = (what: string, value: string, choices: readonly string[]) =>
    new Fault('input/invalid', `${title}: ${what} ${value.slice(0, 40)}: give ${choices.join(' or ')}`);
  for (const { name, choices } of takes.arguments ?? []) {
    const value = given.maybe(name);
    if (choices !== undefined && value !== undefined && !choices.includes(value)) throw wrong(name, value, choices);
  }
  for (const { name, choices } of takes.options ?? []) {
    const value = choices === undefined ? undefined : given.text(name);
    if (choices !== undefined && value !== undefined && !choices.includes(value.toLowerCase()))
      throw wrong(`--${name}`, value, choices);
  }
}
