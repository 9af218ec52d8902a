import type { Cvss } from '#schema/finding.ts';

/** The base score of a vector and the two that it is made of; version 4 has no such two. */
export interface CvssParts {
  readonly base: number;
  /** 0.0 to 10.0 (version 2) or 3.9 (version 3); null where it cannot be told. */
  readonly exploitability: number | null;
  /** 0.0 to 10.0 (version 2) or 6.0 (version 3); null where it cannot be told. */
  readonly impact: number | null;
}

/**
 * The parts of a score by the base equations of its version (FIRST: CVSS v2.0 section 3.2.1, v3.0 section 8.1, v3.1 section
 * 7.1), to one decimal. The base score stands as upstream gave it. Both parts are null for a vector without one of its base
 * metrics; metrics of other groups do not count.
 *
 * Here, because the library that reads vectors for feeds weighs more than all that a request needs.
 */
export function cvssParts({ version, vector, score }: Cvss): CvssParts {
  const metrics = new Map(vector.split('/').map((metric) => metric.split(':', 2) as [string, string | undefined]));
  const parts = version === '4.0' ? null : version === '2.0' ? partsOfVersion2(metrics) : partsOfVersion3(metrics);
  return { base: score, exploitability: tenths(parts?.exploitability), impact: tenths(parts?.impact) };
}

type Metrics = ReadonlyMap<string, string | undefined>;

/** What the values of a metric count. */
type Weights = Readonly<Record<string, number>>;

const impact2: Weights = { N: 0, P: 0.275, C: 0.66 };

const version2 = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: impact2,
  I: impact2,
  A: impact2,
} as const satisfies Readonly<Record<string, Weights>>;

function partsOfVersion2(metrics: Metrics) {
  const weights = weighed(metrics, version2);
  if (weights === null) return null;
  const { AV, AC, Au } = weights;
  return { exploitability: 20 * AC * Au * AV, impact: 10.41 * lossOf(weights) };
}

const impact3: Weights = { N: 0, L: 0.22, H: 0.56 };

const version3 = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  S: { U: 0, C: 1 },
  C: impact3,
  I: impact3,
  A: impact3,
} as const satisfies Readonly<Record<string, Weights>>;

/** Privileges count for less where the scope changes. */
const version3Changed = { ...version3, PR: { N: 0.85, L: 0.68, H: 0.5 } } as const;

function partsOfVersion3(metrics: Metrics) {
  const changed = metrics.get('S') === 'C';
  const weights = weighed(metrics, changed ? version3Changed : version3);
  if (weights === null) return null;
  const { AV, AC, PR, UI } = weights;
  const loss = lossOf(weights);
  const impact = changed ? 7.52 * (loss - 0.029) - 3.25 * (loss - 0.02) ** 15 : 6.42 * loss;
  return { exploitability: 8.22 * AV * AC * PR * UI, impact: Math.max(0, impact) };
}

/** What each metric of the table counts in the vector; null where one is missing or has a value that there is not. */
function weighed<Name extends string>(
  metrics: Metrics,
  table: Readonly<Record<Name, Weights>>,
): Readonly<Record<Name, number>> | null {
  const weights = Object.entries<Weights>(table).map(([name, weightOf]) => {
    const value = metrics.get(name) ?? '';
    return [name, Object.hasOwn(weightOf, value) ? weightOf[value] : undefined] as const;
  });
  if (weights.some(([, weight]) => weight === undefined)) return null;
  return Object.fromEntries(weights) as Record<Name, number>;
}

/** Of confidentiality, integrity and availability together: 0 to 1. */
function lossOf({ C, I, A }: Readonly<Record<'C' | 'I' | 'A', number>>): number {
  return 1 - (1 - C) * (1 - I) * (1 - A);
}

function tenths(part: number | undefined): number | null {
  return part === undefined ? null : Math.round(part * 10) / 10;
}
