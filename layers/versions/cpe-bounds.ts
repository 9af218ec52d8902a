import type { Bounds } from './interval.ts';

/** The ends of a match of NVD's CPE configurations (NVD 2.0 `cpeMatch`, CVE 5 `cpeApplicability`). */
export interface CpeEnds {
  readonly versionStartIncluding?: string | undefined;
  readonly versionStartExcluding?: string | undefined;
  readonly versionEndIncluding?: string | undefined;
  readonly versionEndExcluding?: string | undefined;
}

/** The versions between the ends; every version where there is none. Of two ends of a kind the one that leaves its version out counts. */
export function cpeBounds(ends: CpeEnds): Bounds {
  const { versionStartExcluding, versionEndExcluding } = ends;
  const start =
    versionStartExcluding === undefined
      ? { introduced: ends.versionStartIncluding ?? null }
      : { introduced: null, introducedAfter: versionStartExcluding };
  return {
    ...start,
    fixed: versionEndExcluding ?? null,
    lastAffected: versionEndExcluding === undefined ? (ends.versionEndIncluding ?? null) : null,
  };
}
