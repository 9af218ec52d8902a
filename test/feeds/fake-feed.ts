import type { Advisory, AffectedRange, SetAside } from '#feeds/advisory.ts';
import type { Feed, Mark } from '#feeds/feed.ts';

/** An upstream in memory that a test changes as it goes. */
export interface Upstream {
  records: readonly (Advisory | SetAside)[];
  /** What a conditional request compares; a change of it is a change of upstream. */
  etag: string;
  missing?: readonly string[];
  /** Records are given until this many, then the connection breaks. */
  breaksAfter?: number;
  state?: 'there' | 'absent' | 'down';
  /** Awaited before the records are given. */
  gate?: Promise<void>;
  asked: number;
  read: number;
}

/** A feed of one group, `alpine:3.99`, over an upstream in memory. */
export function fakeFeed(records: readonly (Advisory | SetAside)[]): { feed: Feed; upstream: Upstream } {
  const upstream: Upstream = { records, etag: 'one', asked: 0, read: 0 };
  const feed: Feed = {
    name: 'alpine',
    version: 1,
    knownGroups: [],
    groupsFor: () => [],
    async fetch(_world, _group, mark: Mark | null) {
      upstream.asked++;
      if (upstream.state === 'down') throw new Error('the upstream is down');
      if (upstream.state === 'absent') return { kind: 'absent', reason: 'upstream has no such group' };
      if (mark?.['etag'] === upstream.etag) return { kind: 'unchanged' };
      return {
        kind: 'changed',
        mark: { etag: upstream.etag },
        missing: upstream.missing ?? [],
        async *records() {
          await upstream.gate;
          upstream.read++;
          for (const [at, record] of upstream.records.entries()) {
            if (at === upstream.breaksAfter) throw new Error('the connection broke');
            yield record;
          }
        },
      };
    },
  };
  return { feed, upstream };
}

/** An advisory that says: `name` is affected below `fixed`. */
export function advisory(id: string, name: string, fixed: string | null, more: Partial<Advisory> = {}): Advisory {
  return {
    record: `${name} ${id}`,
    id,
    aliases: [],
    related: [],
    severity: 'High',
    severitySource: 'test',
    title: null,
    urls: [],
    published: null,
    affected: [range(name, fixed)],
    ...more,
  };
}

/** Affected below `fixed`; everything when that is null. */
export function range(name: string, fixed: string | null, more: Partial<AffectedRange> = {}): AffectedRange {
  const state = fixed === null ? 'not-fixed' : 'fixed';
  return { namespace: 'alpine:3.99', name, introduced: null, fixed, lastAffected: null, state, ...more };
}
