import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The original's API as its own description has it, which stands beside this repository where it may be had. */
export interface Contract {
  readonly operations: readonly ContractOperation[];
  readonly definitions: Readonly<Record<string, Schema>>;
}

export interface ContractOperation {
  readonly method: string;
  readonly path: string;
  /** Of each status; a name stands for a definition, one in brackets for a list of it. */
  readonly responses: Readonly<Record<string, { readonly schema?: string | Schema | readonly Schema[] | null }>>;
}

/** A schema object of Swagger 2.0 with `ref` for a reference to a definition. */
export interface Schema {
  readonly type?: string;
  readonly ref?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly 'x-nullable'?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
}

const file = join(import.meta.dirname, '../../../shared/reference/anchore/contract.json');

/** Null where it is not beside this repository. */
export const contract: Contract | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;

/** `GET /images/{}/vuln`: names of parameters differ between descriptions of the same path. */
export function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path.replace(/\{\w+\}/g, '{}')}`;
}

/** The schema of an operation's answer under 200; null where it declares none or something else than JSON. */
export function answerSchema({ responses }: ContractOperation): Schema | null {
  const declared = responses['200']?.schema ?? null;
  if (declared === null || declared === 'file') return null;
  if (typeof declared !== 'string')
    return Array.isArray(declared) ? { type: 'array', items: declared[0] } : (declared as Schema);
  const [, list] = /^\[(.+)\]$/.exec(declared) ?? [];
  // One that has no name stands there as Python wrote it.
  if (list?.startsWith('{')) return { type: 'array', items: JSON.parse(list.replaceAll("'", '"')) };
  return list === undefined ? named(declared) : { type: 'array', items: named(list) };
}

function named(name: string): Schema {
  return /^(string|object|integer|boolean|number)$/.test(name) ? { type: name } : { ref: name };
}
