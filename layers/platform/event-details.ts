import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { LogEvent } from '#schema/event-log.ts';
import { type Blobs, readBlob } from './blobs.ts';
import { detailsLimit, eventId } from './raise-events.ts';

/** Bytes left for what stands beside the lists. */
const beside = 16 * 1024;

/** Bytes of whole details when they are read. */
const longestWhole = 256 * 1024 * 1024;

/**
 * An event whose details tell lists under one name (`{ added: [...], removed: [...] }`), made to fit: `counts` says how many items each
 * has, and where all together are too many, each has its first ones, `details_complete` is false, and the whole lies in a blob that
 * {@link readWholeDetails} finds. To be called before the transaction that raises the event; a second time it does nothing new.
 */
export async function fitEvent(blobs: Blobs, event: LogEvent, name: string): Promise<LogEvent> {
  const lists = Object.entries(event.details[name] as Readonly<Record<string, readonly unknown[]>>);
  const counts = Object.fromEntries(lists.map(([key, items]) => [key, items.length]));
  const whole = { ...event.details, counts, details_complete: true };
  const text = Buffer.from(JSON.stringify(whole));
  if (text.length <= detailsLimit) return { ...event, details: whole };
  await blobs.put(keyOf(eventId(event)), await compress(text));
  const room = (detailsLimit - beside) / lists.length;
  const beginnings = Object.fromEntries(lists.map(([key, items]) => [key, beginningOf(items, room)]));
  return { ...event, details: { ...whole, [name]: beginnings, details_complete: false } };
}

/** The first items that fit. */
function beginningOf(items: readonly unknown[], room: number): readonly unknown[] {
  let left = room;
  const end = items.findIndex((item) => (left -= Buffer.byteLength(JSON.stringify(item)) + 1) < 0);
  return end < 0 ? items : items.slice(0, end);
}

/** The whole details of an event whose row holds their beginning; null when they are not kept any more. */
export async function readWholeDetails(blobs: Blobs, id: string): Promise<unknown> {
  const bytes = await readBlob(blobs, keyOf(id));
  if (bytes === null) return null;
  try {
    return JSON.parse((await decompress(bytes, { maxOutputLength: longestWhole })).toString());
  } catch (cause) {
    throw new Fault('data/corrupt', `reading the details of event ${id}: they are damaged`, { cause });
  }
}

/** Annotations of an image as events carry them: all, or the first that fit into 8 KiB, since people may write more than an event holds. */
export function toldAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(beginningOf(Object.entries(annotations), 8 * 1024) as [string, string][]);
}

/** Forgets the whole details of events that are gone. */
export async function forgetDetails(
  blobs: Blobs,
  events: readonly { readonly id: string; readonly detailed: boolean }[],
): Promise<void> {
  for (const { id, detailed } of events) if (detailed) await blobs.delete(keyOf(id));
}

function keyOf(id: string): string {
  return `event-details/${id}.json.zst`;
}

const compress = promisify(zstdCompress) as (bytes: Uint8Array) => Promise<Buffer>;
const decompress = promisify(zstdDecompress) as (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number },
) => Promise<Buffer>;
