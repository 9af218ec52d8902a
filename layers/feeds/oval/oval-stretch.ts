import type { AffectedRange } from '../advisory.ts';
import type { OvalVersionTest } from './oval-definition.ts';

/** The part of a range that tests of a version give. */
export type OvalStretch = Pick<
  AffectedRange,
  'introduced' | 'introducedAfter' | 'fixed' | 'lastAffected' | 'versions' | 'state' | 'verdict'
>;

const everything: OvalStretch = { introduced: null, fixed: null, lastAffected: null, state: 'not-fixed' };

/**
 * The versions that pass all tests, as an advisory says it; null where that cannot be said. Below a version: it mends. Up to
 * and including one, or none at all: there is no mend yet. Version 0 is SUSE's word for a package that is not affected, above 0
 * its word for one that is, without a mend.
 */
export function ovalStretch(tests: readonly OvalVersionTest[]): OvalStretch | null {
  const [first] = tests;
  if (tests.length === 1 && first?.operation === 'equals') {
    if (isZero(first.value)) return { ...everything, state: 'unknown', verdict: 'not-affected' };
    return { ...everything, versions: [first.value] };
  }
  return tests.reduce<OvalStretch | null>((stretch, test) => stretch && narrowed(stretch, test), everything);
}

function narrowed(stretch: OvalStretch, { operation, value }: OvalVersionTest): OvalStretch | null {
  const begins = stretch.introduced !== null || stretch.introducedAfter !== undefined;
  const ends = stretch.fixed !== null || stretch.lastAffected !== null;
  switch (operation) {
    case 'less than':
      return ends ? null : { ...stretch, fixed: value, state: 'fixed' };
    case 'less than or equal':
      return ends ? null : { ...stretch, lastAffected: value };
    case 'greater than':
      if (isZero(value)) return stretch;
      return begins ? null : { ...stretch, introducedAfter: value };
    case 'greater than or equal':
      if (isZero(value)) return stretch;
      return begins ? null : { ...stretch, introduced: value };
    case 'equals':
    case 'not equal':
    case 'pattern match':
      return null;
    default:
      return operation satisfies never;
  }
}

function isZero(version: string): boolean {
  return /^(?:0:)?0(?:-0)?$/.test(version);
}
