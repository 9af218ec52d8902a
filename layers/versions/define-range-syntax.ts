import { common, everything, outside } from './bounds.ts';
import type { Comparator } from './comparator.ts';
import type { Refused } from './define-comparator.ts';
import { type Bounds, interval } from './interval.ts';
import { maxRangeLength, type RangeReading, type RangeSyntax } from './range-syntax.ts';

/** Ranges of which a version has to lie in one. */
export type Union = readonly Bounds[];

/** What makes one syntax: how a text is taken apart, and what its parts say. */
export interface RangeSyntaxDefinition {
  readonly name: string;
  /** The alternatives of a text of at most `maxRangeLength` characters, without blanks around; a version has to satisfy one. */
  alternatives(text: string): readonly string[] | Refused;
  /** What an alternative demands; a version has to satisfy all of it. Nothing is demanded by an empty list. */
  demands(alternative: string): readonly (Union | Refused)[];
}

/** Bounds the work that a hostile text can cause: ranges of a reading, and comparisons on the way to it. */
const maxRanges = 1000;
const maxMeetings = 20_000;

/** A RangeSyntax of the definition: bounds the length, joins what has to hold together, and tells what no version satisfies. */
export function defineRangeSyntax({ name, alternatives, demands }: RangeSyntaxDefinition): RangeSyntax {
  return {
    name,
    parse(text, comparator) {
      const unreadable = (reason: string): RangeReading => ({
        kind: 'unreadable',
        reason: `not a range of versions by the syntax ${name}: ${reason}`,
      });
      if (text.length > maxRangeLength) return unreadable(`longer than ${maxRangeLength} characters`);
      const parts = alternatives(text.trim());
      if ('refused' in parts) return unreadable(parts.refused);
      if (parts.length > maxRanges) return unreadable(`more than ${maxRanges} alternatives`);
      const meetings = { left: maxMeetings };
      const ranges: Bounds[] = [];
      for (const part of parts) {
        const found = joined(demands(part), comparator, meetings);
        if ('refused' in found) return unreadable(found.refused);
        ranges.push(...found);
      }
      return reading(ranges, text);
    },
  };
}

/**
 * The versions that none of the ranges hold: where an upstream lists what is patched and what was never affected (RustSec,
 * RubySec), the rest is affected.
 */
export function affectedBeside(good: readonly Bounds[], comparator: Comparator): RangeReading {
  const found = joined(good.map(outside), comparator, { left: maxMeetings });
  if ('refused' in found) return { kind: 'unreadable', reason: found.refused };
  return reading(found, 'what is patched or was never affected');
}

function reading(ranges: readonly Bounds[], text: string): RangeReading {
  if (ranges.length > maxRanges) return { kind: 'unreadable', reason: `more than ${maxRanges} ranges` };
  if (ranges.length > 0) return { kind: 'ranges', ranges };
  return { kind: 'empty', reason: `no version satisfies '${text.slice(0, 80)}'` };
}

function joined(
  demands: readonly (Union | Refused)[],
  comparator: Comparator,
  meetings: { left: number },
): Union | Refused {
  let met: Union = [everything];
  for (const demand of demands) {
    if ('refused' in demand) return demand;
    meetings.left -= met.length * demand.length;
    if (meetings.left < 0) return { refused: 'too many conditions' };
    const next: Bounds[] = [];
    for (const one of met) {
      for (const two of demand) {
        const both = common(one, two, comparator);
        if (!('kind' in both)) next.push(both);
        else if (both.kind === 'undecidable') return { refused: both.reason };
      }
    }
    met = next;
  }
  // A single demand met nothing that could have shown it to be empty.
  return met.filter((bounds) => interval(comparator, bounds).kind !== 'empty');
}
