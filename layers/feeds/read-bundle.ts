import { createHash } from 'node:crypto';
import { Fault } from '#core/fault.ts';
import { unzstd } from '#registry/inflate/unzstd.ts';
import {
  type BundleGroup,
  type BundleHead,
  type BundleRecord,
  bundleEnd,
  bundleGroup,
  bundleHead,
  bundleRecord,
  bundleTail,
} from '#schema/feed-bundle.ts';
import { longestBundleLine } from './export-bundle.ts';

/** A part of a bundle, in the order of the file. */
export type BundlePart =
  | BundleHead
  | BundleGroup
  | { readonly kind: 'record'; readonly record: BundleRecord }
  | BundleGroupEnd;

/** Every record of the group before it has been read as it was written. */
export interface BundleGroupEnd {
  readonly kind: 'end';
  readonly records: number;
}

/** A line in UTF-8, and what a file may hold when inflated. Bytes. */
const limits = { line: 4 * longestBundleLine, file: 256 * 2 ** 30 } as const;

/**
 * The parts of a bundle, holding no more than one line. An `end` is given only when the records of its group were those that were
 * written, and the generator ends only after a file that was whole. Throws `data/corrupt` for one that is damaged, cut off, changed, or not
 * a bundle, `input/invalid` for one of a newer form.
 */
export async function* readBundle(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BundlePart> {
  const whole = createHash('sha256');
  let state: 'head' | 'groups' | 'records' | 'over' = 'head';
  let hash = createHash('sha256');
  let records = 0;
  for await (const line of lines(inflated(bytes))) {
    const content = parsed(line);
    const kind = typeof content === 'object' && content !== null && 'kind' in content ? content.kind : 'record';
    if (state === 'head') {
      yield headOf(content);
      state = 'groups';
    } else if (state === 'groups' && kind === 'bundle-end') {
      if (read(bundleTail, content).sha256 !== whole.digest('hex')) throw corrupt('its digest is another one');
      state = 'over';
      continue;
    } else if (state === 'groups') {
      yield read(bundleGroup, content);
      state = 'records';
      hash = createHash('sha256');
      records = 0;
    } else if (state === 'records' && kind === 'end') {
      const end = read(bundleEnd, content);
      if (end.records !== records || end.sha256 !== hash.digest('hex'))
        throw corrupt('records of a group are not those that were written');
      yield { kind: 'end', records };
      state = 'groups';
    } else if (state === 'records') {
      hash.update(line);
      records++;
      yield { kind: 'record', record: read(bundleRecord, content) };
    } else throw corrupt('something comes after its end');
    whole.update(line);
  }
  if (state !== 'over') throw corrupt('it is cut off');
}

async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const piece of unzstd(bytes)) {
      size += piece.length;
      if (size > limits.file) throw corrupt(`it inflates to more than ${limits.file} bytes`);
      yield piece;
    }
  } catch (thrown) {
    const fault = Fault.from(thrown);
    throw fault.code.startsWith('image/') ? corrupt(fault.message) : thrown;
  }
}

/** Lines with their newline. */
async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of source) {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield Buffer.concat([...pieces, rest.subarray(0, end + 1)]);
      pieces = [];
      size = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) continue;
    size += rest.length;
    if (size > limits.line) throw corrupt(`it has a line of more than ${limits.line} bytes`);
    // The decoder may use its memory again.
    pieces.push(Buffer.from(rest));
  }
  if (size > 0) throw corrupt('it is cut off');
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    throw corrupt('it holds a line that is not JSON');
  }
}

function headOf(content: unknown): BundleHead {
  const format = (content as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new Fault('input/invalid', 'the bundle was made by a newer Plimsoll; import it with that one or a newer one');
  }
  return read(bundleHead, content);
}

function read<T>(shape: { safeParse: (content: unknown) => { data?: T; success: boolean } }, content: unknown): T {
  const { success, data } = shape.safeParse(content);
  if (!success || data === undefined) throw corrupt('it holds a line of another form');
  return data;
}

function corrupt(problem: string): Fault {
  return new Fault(
    'data/corrupt',
    `the bundle of feeds is no good: ${problem}. Nothing of it is taken over; export and carry it again`,
  );
}
