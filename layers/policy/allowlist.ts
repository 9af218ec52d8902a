import type { Whitelist, WhitelistItem } from '#schema/policy-bundle.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** A whitelist ready to be asked. */
export interface Allowlist {
  readonly whitelist: Whitelist;
  /** The first item, in the order of the list, that allows a match of this gate under one of its ids; null for none. */
  find(gate: string, ids: readonly string[]): WhitelistItem | null;
}

/**
 * Prepares a whitelist for one moment (milliseconds since the epoch): items that have expired by then do not count. An
 * item allows a match when the gate is the same, in any case, and `trigger_id` is one of the match's ids or a pattern that
 * one of them matches; the trigger's name does not matter. Exact ids are looked up, so ten thousand items cost no more
 * than ten.
 */
export function prepareAllowlist(whitelist: Whitelist, now: number): Allowlist {
  const { exact, patterns } = indexOf(whitelist);
  const counts = ({ expiry }: Indexed) => expiry === null || now < expiry;
  return {
    whitelist,
    find(gate, ids) {
      const name = gate.toLowerCase();
      let first: Indexed | null = null;
      for (const id of ids) {
        const found = exact.get(keyOf(name, id))?.find(counts);
        if (found !== undefined && (first === null || found.order < first.order)) first = found;
      }
      for (const candidate of patterns.get(name) ?? []) {
        if (first !== null && first.order < candidate.order) break;
        if (counts(candidate) && ids.some((id) => candidate.pattern.matches(id))) return candidate.item;
      }
      return first?.item ?? null;
    },
  };
}

interface Indexed {
  readonly order: number;
  readonly item: WhitelistItem;
  readonly expiry: number | null;
  readonly pattern: Pattern;
}

interface Index {
  /** Items with an exact id, by gate and id. */
  readonly exact: ReadonlyMap<string, readonly Indexed[]>;
  /** Items with a pattern, by gate. */
  readonly patterns: ReadonlyMap<string, readonly Indexed[]>;
}

/** One bundle judges many images: its patterns are compiled once. */
const indexes = new WeakMap<Whitelist, Index>();

function indexOf(whitelist: Whitelist): Index {
  const known = indexes.get(whitelist);
  if (known !== undefined) return known;
  const items = (whitelist.items ?? []).flatMap((item, order): readonly Indexed[] => {
    const expiry = expiryOf(item);
    const compiled = compilePattern(item.trigger_id);
    // Both are refused when the bundle is parsed.
    if (expiry === 'invalid' || compiled.kind === 'invalid') return [];
    return [{ order, item, expiry, pattern: compiled.pattern }];
  });
  const gate = ({ item }: Indexed) => item.gate.toLowerCase();
  const index: Index = {
    exact: Map.groupBy(
      items.filter(({ pattern }) => pattern.exact !== null),
      (one) => keyOf(gate(one), one.pattern.exact!),
    ),
    patterns: Map.groupBy(
      items.filter(({ pattern }) => pattern.exact === null),
      gate,
    ),
  };
  indexes.set(whitelist, index);
  return index;
}

function keyOf(gate: string, id: string): string {
  return `${gate}\n${id}`;
}

/** When an item ends: milliseconds since the epoch, null for never, `invalid` for a text of another form. */
export function expiryOf(item: WhitelistItem): number | null | 'invalid' {
  const text = item.expires_on;
  if (text === null || text === undefined) return null;
  const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.:](\d{1,6}))?Z$/.exec(text);
  if (form === null) return 'invalid';
  const [year, month, day, hour, minute, second] = form.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Math.floor(Number((form[7] ?? '').padEnd(6, '0')) / 1000);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, milliseconds);
  // A 30th of February would roll over into March.
  const kept = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return kept && hour < 24 && minute < 60 && second < 60 ? date.getTime() : 'invalid';
}
