import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Fault } from '#core/fault.ts';
import { nearest } from './nearest.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;

/** The values of the options, as `parseArgs` of node:util gives them. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Parsed {
  readonly values: Values;
  readonly positionals: readonly string[];
}

/** The options and words behind a verb, or `help` when they ask for that. Throws `input/invalid` for what the verb does not take. */
export function parseOptions(verb: string, options: Options, argv: readonly string[]): Parsed | 'help' {
  const known: Options = { ...options, help: { type: 'boolean', short: 'h' } };
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: known,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  if (values['help'] === true) return 'help';
  for (const token of tokens) if (token.kind === 'option') check(verb, known, token);
  return { values: values as Values, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function check(verb: string, options: Options, { name, rawName, value, inlineValue }: OptionToken): void {
  const see = `see plimsoll ${verb} --help`;
  const refuse = (text: string) => new Fault('input/invalid', `${verb}: ${text}`);
  const option = Object.hasOwn(options, name) ? options[name]! : null;
  if (option === null) {
    const close = rawName.startsWith('--') ? nearest(name, Object.keys(options)) : null;
    throw refuse(`there is no option ${rawName.slice(0, 60)}; ${close === null ? see : `did you mean --${close}?`}`);
  }
  if (option.type === 'boolean') {
    if (value !== undefined) throw refuse(`${rawName} takes no value; ${see}`);
    return;
  }
  if (value === undefined) throw refuse(`${rawName} needs a value; ${see}`);
  // `--data --offline` forgot the folder; one that begins with a dash can be written --data=-x. `--timeout -1` is a number.
  if (inlineValue !== true && /^-[^\d.]/.test(value))
    throw refuse(`${rawName} needs a value, and '${value.slice(0, 60)}' looks like an option; ${see}`);
}
