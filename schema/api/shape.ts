import * as z from 'zod';

/** A shape that crosses the wall of the API: parses what comes in, and describes itself in the swagger document. */
export type Shape<T = unknown> = z.ZodType<T>;

/** What a shape makes of a value from outside. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** Where it differs, and how. */
  | { readonly kind: 'refused'; readonly problem: string };

/** Reads a value from outside by a shape; never throws. */
export function readShape<T>(shape: Shape<T>, value: unknown): Read<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join('.') ?? '';
  const named = place === '' ? '' : `'${place.slice(0, 100)}'`;
  // In the words of the original, which its client looks for to say what to add.
  if (issue !== undefined && issue.code !== 'custom' && named !== '' && valueAt(value, issue.path) === undefined)
    return { kind: 'refused', problem: `${named} is a required property` };
  const message = issue?.message ?? 'not of the form that was asked for';
  return { kind: 'refused', problem: `${named === '' ? '' : `${named}: `}${message.slice(0, 500)}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return found;
}

/** A yes or no in a query: `true` and `false` in any case, because Python clients send `True`. */
export function flag(otherwise: boolean, description: string) {
  return z
    .string()
    .regex(/^(true|false)$/i, 'give true or false')
    .transform((text) => text.toLowerCase() === 'true')
    .default(otherwise)
    .meta({ type: 'boolean', default: otherwise, description });
}

/** A list in a query: items separated by commas, at least one and at most `most`. */
export function list<T extends z.ZodType<unknown, string>>(item: T, most: number) {
  return z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(item).min(1).max(most))
    .meta({ type: 'array', items: { type: 'string' }, collectionFormat: 'csv' });
}
