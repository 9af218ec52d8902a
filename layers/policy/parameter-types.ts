import type { ParameterType } from './parameter.ts';
import { compileRegex, type Regex } from '#core/regex/regex.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Any text, empty too. */
export const string: ParameterType<string> = {
  name: 'string',
  schema: { type: 'string' },
  parse: (text) => value(text),
};

/** Texts between commas, trimmed; at least one, none empty. */
export const csv: ParameterType<readonly string[]> = {
  name: 'comma-separated list',
  schema: { type: 'string', pattern: '^[^,]+(,[^,]+)*$' },
  parse(text) {
    const items = text.split(',').map((item) => item.trim());
    return items.every((item) => item !== '') ? value(items) : invalid('a comma-separated list without empty items');
  },
};

/** As {@link csv}, but empty items are let pass and ignored, as the original does for users. */
export const csvLoose: ParameterType<readonly string[]> = {
  name: 'comma-separated list',
  schema: { type: 'string' },
  parse(text) {
    const items = text.split(',').map((item) => item.trim());
    return items.some((item) => item !== '') ? value(items.filter(Boolean)) : invalid('a comma-separated list');
  },
};

/** Patterns of mappings between commas: `*` stands for any characters, `regexp:` begins a regular expression. */
export const patterns: ParameterType<readonly Pattern[]> = {
  name: 'comma-separated list of patterns',
  schema: csv.schema,
  parse(text) {
    const items = csv.parse(text);
    if (items.kind === 'invalid') return items;
    const compiled = items.value.map(compilePattern);
    const wrong = compiled.find((one) => one.kind === 'invalid');
    if (wrong !== undefined) return invalid(`a list of patterns: ${wrong.reason}`);
    return value(compiled.flatMap((one) => (one.kind === 'pattern' ? [one.pattern] : [])));
  },
};

/** Whole numbers between commas. */
export const csvIntegers: ParameterType<readonly number[]> = {
  name: 'comma-separated list of integers',
  schema: { type: 'string', pattern: '^\\s*\\d+\\s*(,\\s*\\d+\\s*)*$' },
  parse(text) {
    const items = text.split(',').map((item) => item.trim());
    return items.every(isCount) ? value(items.map(Number)) : invalid('a comma-separated list of whole numbers');
  },
};

/** A whole number without a sign; spaces around it are ignored. */
export const integer: ParameterType<number> = {
  name: 'integer',
  schema: { type: 'string', pattern: '^\\s*\\d+\\s*$' },
  parse: (text) => (isCount(text.trim()) ? value(Number(text.trim())) : invalid('a whole number without a sign')),
};

/**
 * A decimal number with an optional minus. The original's pattern also lets `""`, `-` and `.` through and then fails in
 * every evaluation; here they are refused when the bundle is parsed.
 */
export const float: ParameterType<number> = {
  name: 'number',
  schema: { type: 'string', pattern: '^\\s*-?(\\d+(\\.\\d*)?|\\.\\d+)\\s*$' },
  parse: (text) =>
    /^-?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/.test(text.trim())
      ? value(Number(text.trim()))
      : invalid('a decimal number'),
};

/** `true` or `false` in any case. */
export const boolean: ParameterType<boolean> = {
  name: 'boolean',
  schema: { type: 'string', pattern: '^\\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\\s*$' },
  parse(text) {
    const word = text.trim().toLowerCase();
    return word === 'true' || word === 'false' ? value(word === 'true') : invalid('true or false');
  },
};

/** Permission bits in octal, as Python's `int(text, 8)` reads them. */
export const octalMode: ParameterType<number> = {
  name: 'octal mode',
  schema: { type: 'string', pattern: '^\\s*(0[oO])?[0-7]{1,6}\\s*$' },
  parse(text) {
    const digits = /^(?:0o)?([0-7]{1,6})$/i.exec(text.trim())?.[1];
    return digits === undefined ? invalid('a mode in octal, such as 00644') : value(Number.parseInt(digits, 8));
  },
};

/** One of these words, exactly as written. */
export function oneOf<const W extends string>(...words: readonly W[]): ParameterType<W> {
  return {
    name: `one of ${words.join(', ')}`,
    schema: { type: 'string', enum: words },
    parse(text) {
      const word = words.find((candidate) => candidate === text);
      return word === undefined
        ? invalid(`one of ${words.map((candidate) => `'${candidate}'`).join(', ')}`)
        : value(word);
    },
  };
}

/** A regular expression in Python's notation, matched from the start of the text; one that cannot be run is refused here. */
export const regex: ParameterType<Regex> = {
  name: 'regular expression',
  schema: { type: 'string' },
  parse(text) {
    const compiled = compileRegex(text);
    return compiled.kind === 'regex' ? value(compiled.regex) : invalid(`a regular expression: ${compiled.reason}`);
  },
};

/** Up to 15 digits: what a number holds exactly. */
function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function value<T>(parsed: T) {
  return { kind: 'value', value: parsed } as const;
}

function invalid(accepted: string) {
  return { kind: 'invalid', reason: `must be ${accepted}` } as const;
}
