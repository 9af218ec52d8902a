import * as z from 'zod';

/** A moment in a query as people write it; read as milliseconds since the epoch. */
export function freeDate(description: string) {
  return z
    .string()
    .max(100)
    .transform((text, context) => {
      const time = readDate(text);
      if (time !== null) return time;
      context.addIssue({ code: 'custom', message: 'give a date, such as 2026-11-22 or 2026-11-22T10:00:00Z' });
      return z.NEVER;
    })
    .optional()
    .meta({
      type: 'string',
      description: `${description}; ISO 8601 or as people write it, UTC where no zone is named`,
    });
}

/**
 * A date as people write it: ISO 8601 with or without its separators, time and zone; `11/22/2026` (the month first); names of months in
 * any place. Null for what is none. UTC where no zone is named, whatever zone the process runs in.
 */
export function readDate(text: string): number | null {
  const given = text.trim().replaceAll(/\s+/g, ' ');
  const form = iso.exec(given) ?? compact.exec(given);
  if (form !== null) return timeOf(form);
  // What remains is read by the engine, which takes any words for a date: only such as dates are made of are let through.
  const words = given.toLowerCase().match(/[a-z]+/g) ?? [];
  const named = words.some((word) => months.test(word));
  if (!(named || /^\d{1,2}\/\d{1,2}\/\d{4}\b/.test(given)) || !/\b\d{4}\b/.test(given)) return null;
  if (!words.every((word) => dateWord.test(word))) return null;
  const zoned = /(?:\b(?:z|utc|gmt)|\d [+-]\d{2}:?\d{2}|:\d{2}[+-]\d{2}:?\d{2})$/i.test(given);
  const time = Date.parse(zoned ? given : `${given} UTC`);
  return Number.isNaN(time) ? null : time;
}

const zone = '(Z|UTC|[+-]\\d{2}(?::?\\d{2})?)';
const iso = new RegExp(
  `^(\\d{4})[-/](\\d{1,2})[-/](\\d{1,2})(?:[T ](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)? ?${zone}?)?$`,
  'i',
);
const compact = new RegExp(
  `^(\\d{4})(\\d{2})(\\d{2})(?:[T ]?(\\d{2})(\\d{2})(?:(\\d{2})(?:[.,](\\d{1,9}))?)?${zone}?)?$`,
  'i',
);
const months =
  /^(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)$/;
const dateWord = new RegExp(
  `${months.source}|^(mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|am|pm|utc|gmt|z)$`,
);

function timeOf([, year, month, day, hour, minute, second, fraction, at]: RegExpExecArray): number | null {
  const date = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  const time = `${(hour ?? '00').padStart(2, '0')}:${minute ?? '00'}:${second ?? '00'}.${(fraction ?? '').slice(0, 3).padEnd(3, '0')}`;
  const read = Date.parse(`${date}T${time}${zoneOf(at)}`);
  // 31 June would be 1 July.
  return Number.isNaN(read) || Number(day) !== new Date(`${date}T00:00Z`).getUTCDate() ? null : read;
}

function zoneOf(text = 'Z'): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? [];
  return sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
}
