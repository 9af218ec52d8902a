import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';

/**
 * Keeps builds of Ksplice and builds validated for FIPS apart from the regular ones. Each has a lineage of its own (`2:2.28-
 * 225.0.4.ksplice1.el8`, `10:3.6.16-6.0.1.el8_9_fips`) with a higher epoch than the regular builds, so it is told by that: who
 * has a regular build is not below a fix of theirs, and the other way round. Errata of these are given at the end, when all
 * epochs of regular builds are known; a build whose epoch does not tell it apart is set aside.
 */
export function startLineages() {
  /** Highest epochs of regular builds. */
  const regular = new Map<string, number>();
  const held: Advisory[] = [];
  return {
    *take(advisory: Advisory): Generator<Advisory> {
      for (const range of advisory.affected) {
        if (isApart(range)) continue;
        const key = keyOf(range);
        regular.set(key, Math.max(regular.get(key) ?? 0, epochOf(range)));
      }
      if (advisory.affected.some(isApart)) held.push(advisory);
      else yield advisory;
    },
    *rest(): Generator<Advisory | SetAside> {
      for (const advisory of held) {
        const isTold = (range: AffectedRange) => !isApart(range) || epochOf(range) > (regular.get(keyOf(range)) ?? 0);
        const affected = advisory.affected.filter(isTold);
        const lost = advisory.affected.find((range) => !isTold(range));
        if (lost !== undefined) {
          const reason = `nothing tells ${lost.name} ${lost.fixed ?? ''} from regular builds`;
          yield { record: advisory.record, reason: affected.length > 0 ? `in part: ${reason}` : reason };
        }
        if (affected.length === 0) continue;
        yield {
          ...advisory,
          affected: affected.map((range) => (isApart(range) ? { ...range, introduced: `${epochOf(range)}:0` } : range)),
        };
      }
    },
  };
}

function isApart({ fixed }: AffectedRange): boolean {
  return /\.ksplice\d|[._-]fips/i.test(fixed ?? '');
}

function epochOf({ fixed }: AffectedRange): number {
  return Number(/^(\d{1,9}):/.exec(fixed ?? '')?.[1] ?? 0);
}

function keyOf({ namespace, name }: AffectedRange): string {
  return `${namespace} ${name}`;
}
