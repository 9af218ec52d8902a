import type { Style } from '#reports/paint.ts';
import { valueAt } from './value-at.ts';

/** A record of the server: a JSON object of which nothing is certain. */
export type Item = Readonly<Record<string, unknown>>;

/** A column of a table, or a line of facts. */
export interface Field {
  readonly title: string;
  /** Where in a record its value stands (`event.resource.id`), or what is made of the record. */
  readonly of: string | ((item: Item) => unknown);
  /** Columns that stay when there is no room; one that cannot be cut has none. */
  readonly least?: number;
  /** Left out when the others leave no room for it: the highest first. */
  readonly dispensable?: number;
  /** Prose: broken into lines on a terminal, instead of cut. */
  readonly wraps?: true;
  readonly style?: (value: unknown) => readonly Style[];
  /** What the lines are put in order by, where it is not the value. */
  readonly order?: (value: unknown) => number | string;
}

/** Records, a line each (`table`) or a paragraph each (`facts`). */
export interface Records {
  readonly kind: 'table' | 'facts';
  readonly fields: readonly Field[];
  readonly items: readonly Item[];
  /** Title of the column that lines are in the order of when nobody asks for another; `:desc` turns it round. */
  readonly sort?: string;
}

/** A document: its bytes as they are, made harmless on a terminal. */
export interface Document {
  readonly kind: 'document';
  readonly bytes: Uint8Array;
}

/** A line of ours. */
export interface Sentence {
  readonly kind: 'sentence';
  readonly text: string;
}

export type Block = Records | Document | Sentence;

/** What a command answers. */
export interface Shown {
  /** What the server answered, for `--output json`. */
  readonly value: unknown;
  /** The same for people; of these the first with columns is what `--output csv` writes. */
  readonly blocks: readonly Block[];
  /** The exit code; 0 when left out. */
  readonly code?: number;
  /** Says that there is nothing to show, which is exit code 2; as JSON the answer is written all the same. */
  readonly nothing?: string;
}

/** A list as a table. */
export function table(value: unknown, fields: readonly Field[], sort?: string): Shown {
  return { value, blocks: [rows(itemsOf(value), fields, sort)] };
}

/** Records as a table, a part of what is shown. */
export function rows(items: readonly Item[], fields: readonly Field[], sort?: string): Records {
  return { kind: 'table', fields, items, ...(sort === undefined ? {} : { sort }) };
}

/** Each record, or the only one, as lines of name and value. */
export function facts(value: unknown, fields: readonly Field[]): Shown {
  return { value, blocks: [{ kind: 'facts', fields, items: itemsOf(value) }] };
}

/** A sentence of ours in place of what the server said. */
export function said(value: unknown, text: string, code?: number): Shown {
  return { value, blocks: [{ kind: 'sentence', text }], ...(code === undefined ? {} : { code }) };
}

/** The records of an answer: of a list its objects, of an object itself. */
export function itemsOf(value: unknown): readonly Item[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((one): one is Item => typeof one === 'object' && one !== null && !Array.isArray(one));
}

/** The list in a record; empty where there is none. */
export function listAt(item: Item, path: string): readonly Item[] {
  const value = valueAt(item, path);
  return Array.isArray(value) ? itemsOf(value) : [];
}

/** The text in a record; empty where there is none. */
export function textAt(item: Item | undefined, path: string): string {
  const value = item === undefined ? undefined : valueAt(item, path);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
