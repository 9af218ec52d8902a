import { Fault } from '#core/fault.ts';

/** A record of a pax extended header; values are bytes, since paths need not be text. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Buffer;
}

/**
 * The records of a pax extended header, in order: `LENGTH KEY=VALUE\n`, LENGTH counting itself (POSIX.1-2001, pax
 * interchange format). Values may hold newlines. Throws `image/corrupt` when a record is not of that form.
 */
export function parsePax(content: Buffer, offset: number): readonly PaxRecord[] {
  const records: PaxRecord[] = [];
  let at = 0;
  while (at < content.length) {
    // Some writers pad the header with NULs.
    if (content[at] === 0) break;
    const blank = content.indexOf(0x20, at);
    const digits = blank < 0 || blank - at > 10 ? '' : content.toString('latin1', at, blank);
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = content.indexOf(0x3d, blank + 1);
    if (length === 0 || end > content.length || content[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw new Fault('image/corrupt', `pax header at byte ${offset} of the tar has a record that is not well formed`);
    }
    records.push({ key: content.toString('utf8', blank + 1, equals), value: content.subarray(equals + 1, end - 1) });
    at = end;
  }
  return records;
}

/** A decimal value of a pax record (ids and sizes may have a fraction that is dropped); null when it is not a number. */
export function paxNumber(value: Buffer): number | null {
  const found = /^(\d{1,20})(\.\d*)?$/.exec(value.toString('latin1', 0, 40));
  if (found === null) return null;
  const whole = Number(found[1]);
  return Number.isSafeInteger(whole) ? whole : null;
}
