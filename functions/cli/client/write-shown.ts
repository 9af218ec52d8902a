import { Fault } from '#core/fault.ts';
import { escapedJson, printable } from '#reports/printable.ts';
import { isColored } from '../color.ts';
import type { Io } from '../io.ts';
import { columnsOf } from '../progress.ts';
import { csvLines } from './csv.ts';
import { factLines } from './fact-lines.ts';
import type { Block, Document, Records, Shown } from './shown.ts';
import { sortedRecords } from './sorted-records.ts';
import { tableLines } from './table-lines.ts';

export interface ShowOptions {
  readonly output: 'table' | 'json' | 'csv';
  /** As `--sort` says it; null leaves it to the command. */
  readonly sort: string | null;
}

/** Writes what a command answers. Throws `input/invalid` for an order that it does not have. */
export async function writeShown(io: Io, shown: Shown, { output, sort }: ShowOptions): Promise<void> {
  if (output === 'json') return writeJson(io, shown.value);
  const sortable = shown.blocks.filter((block) => block.kind === 'table');
  if (sort !== null && sortable.length === 0) throw new Fault('input/invalid', '--sort: this answer is no table');
  const blocks = shown.blocks.map((block) => (block.kind === 'table' ? sortedRecords(block, sort) : block));
  if (output === 'csv') {
    const records = blocks.filter((block): block is Records => 'fields' in block);
    // Of facts and the table that belongs to them, the table is what a sheet is made of.
    const chosen = records.findLast(({ kind }) => kind === 'table') ?? records[0];
    if (chosen === undefined) throw new Fault('input/invalid', '--output csv: this answer is no table; give json');
    return write(io, csvLines(chosen));
  }
  for (const [at, block] of blocks.entries()) {
    if (at > 0) await write(io, '\n');
    await write(io, inWords(io, block));
  }
}

function inWords(io: Io, block: Block): string | Uint8Array {
  const room = io.out.isTTY === true ? columnsOf(io.out) : null;
  switch (block.kind) {
    case 'table':
      return tableLines(block, room, isColored(io));
    case 'facts':
      return factLines(block, room, isColored(io));
    case 'document':
      return io.out.isTTY === true ? harmless(block) : block.bytes;
    case 'sentence':
      return `${printable(block.text)}\n`;
    default:
      return block satisfies never;
  }
}

/** A document on a terminal: line by line, without what steers it. */
function harmless({ bytes }: Document): string {
  const lines = Buffer.from(bytes).toString('utf8').replaceAll('\t', '    ').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${/^ */.exec(line)![0]}${printable(line.trimStart()).trimEnd()}\n`).join('');
}

/** A list is written element by element: all images of an account would not fit into one text. */
async function writeJson(io: Io, value: unknown): Promise<void> {
  const text = (one: unknown) => escapedJson(JSON.stringify(inOrder(one) ?? null, null, 4));
  if (!Array.isArray(value) || value.length === 0) return write(io, `${text(value)}\n`);
  for (const [at, element] of value.entries())
    await write(io, `${at === 0 ? '[' : ','}\n    ${text(element).replaceAll('\n', '\n    ')}`);
  await write(io, '\n]\n');
}

/** Keys in alphabetical order, as the original's client prints them. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, inOrder(one)]));
}

/** A reader that ends early is no failure: the exit code tells the verdict all the same. */
async function write(io: Io, text: string | Uint8Array): Promise<void> {
  await new Promise((done) => io.out.write(text, done));
}
