import type { LogEvent } from '#schema/event-log.ts';
import type { Blobs } from './blobs.ts';
import { putJson, readJson } from './json-blob.ts';
import { detailsLimit, eventId } from './raise-events.ts';

/** Bytes left for what stands beside the lists. */
const beside = 16 * 1024;

/**
 * An event whose details tell lists under one name (`{ added: [...], removed: [...] }`), made to fit: `counts` says how many items each
 * has, and where all together are too many, each has its first ones, `details_complete` is false, and the whole lies in a blob that
 * {@link readWholeDetails} finds. To be called before the transaction that raises the event; a second time it does nothing new.
 */
export async function fitEvent(blobs: Blobs, event: LogEvent, name: string): Promise<LogEvent> {
  const lists = Object.entries(event.details[name] as Readonly<Record<string, readonly unknown[]>>);
  const counts = Object.fromEntries(lists.map(([key, items]) => [key, items.length]));
  const whole = { ...event.details, counts, details_complete: true };
  if (Buffer.byteLength(JSON.stringify(whole)) <= detailsLimit) return { ...event, details: whole };
  await putJson(blobs, keyOf(eventId(event)), whole);
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
export function readWholeDetails(blobs: Blobs, id: string): Promise<unknown> {
  return readJson(blobs, keyOf(id));
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
