import type { FixState } from '#schema/finding.ts';
import type { SetAside } from '../advisory.ts';

/** What an advisory of Debian (DSA, DLA) says of one source package in one release. */
export interface ListedFix {
  readonly codename: string;
  readonly package: string;
  /** The version that mends it; null where the list says a word instead, told by `state`. */
  readonly fixed: string | null;
  readonly state: FixState;
}

export interface ListedAdvisory {
  readonly id: string;
  /** ISO 8601 date; null where the list's date cannot be read. */
  readonly date: string | null;
  readonly title: string | null;
  readonly cves: readonly string[];
  readonly fixes: readonly ListedFix[];
}

const maxLine = 20_000;

/**
 * The advisories of a DSA or DLA list (security-tracker, data/DSA/list): a line without indent begins one, `{...}` below it
 * names its CVEs, `[release] - package version` what mends it. Lines that are none of this, notes apart, come back with
 * the reason under the advisory they stand in.
 */
export function* readDebianList(text: string): Generator<ListedAdvisory | SetAside> {
  let open: { id: string; date: string | null; title: string | null; cves: string[]; fixes: ListedFix[] } | null = null;
  for (const line of text.split('\n')) {
    const content = line.trim();
    if (content === '' || /^(NOTE|TODO|STOP)\b/.test(content)) continue;
    if (!/^\s/.test(line)) {
      if (open !== null) yield open;
      open = headOf(content);
      if (open === null) yield { record: `line ${content.slice(0, 60)}`, reason: 'a line that begins no advisory' };
      continue;
    }
    const problem = open === null ? null : readBelow(content.slice(0, maxLine), open);
    if (problem !== null && open !== null) yield { record: `${open.id} ${content.slice(0, 60)}`, reason: problem };
  }
  if (open !== null) yield open;
}

function headOf(
  line: string,
): { id: string; date: string | null; title: string | null; cves: string[]; fixes: ListedFix[] } | null {
  const [, date, id, rest] =
    /^\[([^\]]{1,40})\]\s+(D[A-Z]*A-\d+(?:-\d+)?)\b\s*(.*)$/.exec(line.slice(0, maxLine)) ?? [];
  if (id === undefined) return null;
  return { id, date: isoDate(date ?? ''), title: rest?.trim().slice(0, 300) || null, cves: [], fixes: [] };
}

function readBelow(content: string, open: { cves: string[]; fixes: ListedFix[] }): string | null {
  if (content.startsWith('{')) {
    const ids = content.match(/[A-Z]+-[A-Za-z0-9-]+/g) ?? [];
    open.cves.push(...ids.filter((id) => id.length <= 60 && !open.cves.includes(id)).slice(0, 1000));
    return null;
  }
  const [, codename, name, rest] = /^\[([a-z]+)\]\s+-\s+(\S+)\s+(\S.*)$/.exec(content) ?? [];
  if (codename === undefined || name === undefined || rest === undefined) return 'a line that says nothing known';
  const word = /^<([a-z-]+)>/.exec(rest)?.[1];
  if (word !== undefined) {
    const meaning = words[word];
    if (meaning === undefined) return `the word <${word}> is not known`;
    if (meaning !== 'not affected') open.fixes.push({ codename, package: name, fixed: null, state: meaning });
    return null;
  }
  open.fixes.push({ codename, package: name, fixed: rest.split(/\s/, 1)[0]!, state: 'fixed' });
  return null;
}

/** What the words in place of a version mean (security-tracker, doc/security-team.d.o). */
const words: Readonly<Record<string, FixState | 'not affected'>> = {
  'not-affected': 'not affected',
  undetermined: 'not affected',
  removed: 'not affected',
  itp: 'not affected',
  unfixed: 'not-fixed',
  'no-dsa': 'deferred',
  postponed: 'deferred',
  ignored: 'wont-fix',
  'end-of-life': 'end-of-life',
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `29 Mar 2023` */
function isoDate(text: string): string | null {
  const [, day, month, year] = /^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})$/.exec(text.trim()) ?? [];
  const number = months.indexOf(month?.toLowerCase() ?? '') + 1;
  return number === 0 ? null : `${year}-${String(number).padStart(2, '0')}-${day?.padStart(2, '0')}`;
}
