import type { Node } from 'constructs';

/** Readers of single settings; each gives the default where a setting is wrong, and remembers what is wrong with it. */
export interface ContextReader {
  text(name: string, otherwise: string, form: RegExp): string;
  number(
    name: string,
    otherwise: number,
    range: { readonly from: number; readonly to: number; readonly step?: number },
  ): number;
  flag(name: string, otherwise: boolean): boolean;
  oneOf<const T extends string>(name: string, choices: readonly T[], otherwise: NoInfer<T>): T;
  /** A JSON array, or text with commas; `read` gives null for an item that is wrong. */
  list<T>(name: string, otherwise: readonly T[], read: (item: unknown) => T | null): readonly T[];
  /** A JSON object of text. */
  record(name: string): Readonly<Record<string, string>>;
  /** JSON of any form as text, null when it is not set; `check` throws what is wrong with it. */
  json(name: string, check: (value: unknown) => void): string | null;
  readonly done: {
    problem(text: string): void;
    /** Throws one error that names everything that is unknown or wrong. */
    check(): void;
  };
}

/** Reads the keys of the context that begin with the prefix. The CDK CLI's `-c` gives text, cdk.json any JSON. */
export function readContext(node: Node, prefix: string): ContextReader {
  const problems: string[] = [];
  const known = new Set<string>();
  const read = <T>(name: string, otherwise: T, want: string, parse: (value: unknown) => T | null): T => {
    known.add(name);
    const value: unknown = node.tryGetContext(prefix + name);
    if (value === undefined) return otherwise;
    const parsed = parse(value);
    if (parsed === null) problems.push(`${prefix}${name} is ${JSON.stringify(value)}: give ${want}`);
    return parsed ?? otherwise;
  };
  return {
    text: (name, otherwise, form) =>
      read(name, otherwise, `text like ${form.source}`, (value) => {
        const text = typeof value === 'number' ? String(value) : value;
        return typeof text === 'string' && form.test(text) ? text : null;
      }),
    number: (name, otherwise, { from, to, step = 1 }) =>
      read(name, otherwise, `${from} to ${to} in steps of ${step}`, (value) => {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        if (typeof number !== 'number' || !(number >= from && number <= to)) return null;
        return Number.isInteger(number / step) ? number : null;
      }),
    flag: (name, otherwise) =>
      read(name, otherwise, 'true or false', (value) => {
        if (value === true || value === 'true') return true;
        return value === false || value === 'false' ? false : null;
      }),
    oneOf: (name, choices, otherwise) =>
      read(
        name,
        otherwise,
        `one of ${choices.join(', ')}`,
        (value) => choices.find((one) => one === String(value)) ?? null,
      ),
    list: (name, otherwise, item) =>
      read(name, otherwise, 'a list as the operator guide shows it', (value) => {
        const items = asList(value);
        const parsed = items?.map(item) ?? [null];
        return parsed.every((one) => one !== null) ? parsed : null;
      }),
    record: (name) =>
      read<Readonly<Record<string, string>>>(name, {}, 'an object of text', (value) => {
        const object = typeof value === 'string' ? asJson(value) : value;
        if (object === null || typeof object !== 'object' || Array.isArray(object)) return null;
        return Object.values(object).every((one) => typeof one === 'string')
          ? (object as Record<string, string>)
          : null;
      }),
    json: (name, check) => {
      known.add(name);
      const value: unknown = node.tryGetContext(prefix + name);
      if (value === undefined) return null;
      try {
        check(value);
      } catch (thrown) {
        problems.push((thrown as Error).message);
      }
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    done: {
      problem: (text) => void problems.push(text),
      check() {
        for (const key of Object.keys(node.getAllContext() as Record<string, unknown>)) {
          const name = key.slice(prefix.length);
          if (key.startsWith(prefix) && !known.has(name))
            problems.push(`${key} is no setting; there are ${[...known].join(', ')}`);
        }
        if (problems.length > 0) throw new Error(`Settings in the CDK context:\n  ${problems.join('\n  ')}`);
      },
    },
  };
}

function asList(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return null;
  if (!value.trim().startsWith('[')) return value === '' ? [] : value.split(',').map((item) => item.trim());
  const json = asJson(value);
  return Array.isArray(json) ? json : null;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
