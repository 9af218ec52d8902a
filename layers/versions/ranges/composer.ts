import { before, comparison, everything, from, only, span } from '../bounds.ts';
import type { Refused } from '../define-comparator.ts';
import { defineRangeSyntax, type Union } from '../define-range-syntax.ts';
import { plusOne } from '../partial-version.ts';
import type { RangeSyntax } from '../range-syntax.ts';

/**
 * Composer's constraints (composer/semver 3, VersionParser): `^1.2 || ~2.0.1 | >=3.0,<3.1.4`, `4.*`, `1.0 - 2.0`, `@stability`. As
 * Composer does, `>=1.0` and `<2.0` mean from and up to the development versions of that release. Branches (`dev-main`)
 * stand in no order: one satisfies nothing but its own name.
 */
export const composer: RangeSyntax = defineRangeSyntax({
  name: 'composer',
  alternatives: (text) => text.replace(/\s+/g, ' ').split(/ ?\|\|? ?/),
  demands: (alternative) => alternative.split(/(?<!^|as|[=>< ,]) ?(?<!-)[, ](?!-) ?(?!,|as|$)/).map(demandOf),
});

const stability = '[._-]?(?:(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?[0-9]+(?:[.-][0-9]+)*)?))?([.-]?dev)?';
const version = `v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:${stability}|\\.([xX*][.-]?dev))(?:\\+\\S+)?`;
const versionForm = new RegExp(`^${version}$`, 'i');
const wildcardForm = /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\.[xX*])+$/;

/** A version as written, its numbers, and whether it says how stable it is. */
interface Written {
  readonly text: string;
  readonly numbers: readonly string[];
  readonly unstable: boolean;
}

function demandOf(term: string): Union | Refused {
  const plain = term.trim().replace(/^([^,\s]+) +as +[^,\s]+$/, '$1');
  const [, flagged, flag = 'stable'] = /^([^,\s]*)@(stable|rc|beta|alpha|dev)$/i.exec(plain) ?? [];
  const named = flagged === '' ? '*' : (flagged ?? plain);
  const constraint = named.replace(/^(dev-[^,\s@]+?|[^,\s@]+?\.x-dev)#.+$/i, '$1');
  if (/^[xX*](?:\.[xX*])*$/.test(constraint)) return [constraint.length === 1 ? everything : from('0.0.0.0-dev')];

  const wildcard = wildcardForm.exec(constraint);
  if (wildcard !== null) return [wildcardRange(wildcard.slice(1).filter((number) => number !== undefined))];

  const [, first = '', last = ''] = /^(\S+) +- +(\S+)$/.exec(constraint) ?? [];
  const [low, high] = [read(first), read(last)];
  if (low !== null && high !== null) return [hyphen(low, high)];

  // A flag after a blank (`< 2.0@beta`) was not seen above, and Composer forgets it.
  const bare = constraint.replace(/@(?:stable|rc|beta|alpha|dev)$/i, '');
  const [, sign = '', text = ''] = /^(\^|~(?!>)|<>|!=|>=?|<=?|==?)?\s*(.*)$/.exec(bare) ?? [];
  if (/^dev-./i.test(text) || /^(?:master|trunk|default)$/.test(text)) return ofBranch(sign, text);
  const found = read(text);
  if (sign === '^' || sign === '~') {
    if (found === null) return { refused: `'${term.slice(0, 80)}' is not a version after ${sign}` };
    return [span(atLeast(found), endAt(found.numbers, sign === '^' ? caretPlace(found) : tildePlace(found)))];
  }
  if (text === '' || /[\s<>=!^~|,]/.test(text)) return { refused: `'${term.slice(0, 80)}' is no constraint` };
  return compared(sign, text, found, flag.toLowerCase());
}

function read(text: string): Written | null {
  const found = versionForm.exec(text);
  if (found === null) return null;
  const [, major, minor, patch, fourth, word, , dev, branch] = found;
  return {
    text: text.replace(/\+\S+$/, ''),
    numbers: [major, minor, patch, fourth].filter((number) => number !== undefined),
    unstable: word !== undefined || dev !== undefined || branch !== undefined,
  };
}

function atLeast({ text, unstable }: Written): string {
  return unstable ? text : `${text}-dev`;
}

function endAt(numbers: readonly string[], place: number): string {
  const kept = [...numbers.slice(0, place), plusOne(numbers[place] ?? '0')];
  return `${[...kept, '0', '0', '0'].slice(0, 4).join('.')}-dev`;
}

function caretPlace({ numbers }: Written): number {
  const place = numbers.slice(0, 3).findIndex((number) => number !== '0');
  return place < 0 ? Math.min(numbers.length, 3) - 1 : place;
}

/** One before the last number; a branch (`2.x-dev`) has one more than is written. */
function tildePlace({ numbers, text }: Written): number {
  const written = numbers.length + (/[xX*][.-]?dev$/.test(text) ? 1 : 0);
  return Math.max(0, written - 2);
}

function wildcardRange(numbers: readonly string[]) {
  const end = endAt(numbers, numbers.length - 1);
  if (numbers.every((number) => /^0+$/.test(number))) return before(end);
  return span(`${numbers.join('.')}-dev`, end);
}

function hyphen(low: Written, high: Written) {
  const whole = high.numbers.length >= 3 || high.unstable;
  if (whole) return { ...from(atLeast(low)), lastAffected: high.text };
  return span(atLeast(low), endAt(high.numbers, high.numbers.length - 1));
}

function ofBranch(sign: string, branch: string): Union {
  if (sign === '' || sign === '=' || sign === '==') return [only(branch)];
  return sign === '!=' || sign === '<>' ? [everything] : [];
}

/** A `@stability` moves the bound of a stable version there; without one `<` and `>=` go by the development versions. */
function compared(sign: string, text: string, found: Written | null, flag: string): Union {
  const isExact = sign === '' || sign === '=' || sign === '==';
  const isStable = found === null || !/(?:alpha|beta|rc|a|b|dev)[.0-9-]*$/i.test(found.text);
  const written = found?.text ?? text;
  if (!isExact && flag !== 'stable' && isStable) return comparison(sign, `${written}-${flag}`);
  const byDevelopment = (sign === '<' || sign === '>=') && !endsInStability.test(text.toLowerCase());
  return comparison(sign, byDevelopment ? `${written}-dev` : written);
}

const endsInStability = new RegExp(`-${stability}$`);
