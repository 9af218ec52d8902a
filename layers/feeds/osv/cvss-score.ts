/**
 * The base score of a CVSS vector, 0 to 10 with one decimal, or null for a vector that is not valid or of a version whose
 * score is not computed here (4.0, whose scores come from a table and not from a formula). Metrics beyond the base group
 * are allowed and ignored. Rules: FIRST, CVSS v2.0 guide 3.2.1; CVSS v3.1 specification 7.1 and appendix A.
 */
export function cvssScore(vector: string): number | null {
  if (vector.length > 500) return null;
  const text = vector.trim().replace(/^\(|\)$/g, '');
  const version = /^CVSS:(\d\.\d)\//.exec(text)?.[1];
  if (version === '3.0' || version === '3.1') return score3(metricsOf(text.slice('CVSS:3.x/'.length)), version);
  if (version === undefined) return score2(metricsOf(text.replace(/^CVSS2#/, '')));
  return null;
}

type Metrics = ReadonlyMap<string, string>;

function metricsOf(text: string): Metrics | null {
  const metrics = new Map<string, string>();
  for (const part of text.split('/')) {
    const colon = part.indexOf(':');
    if (colon < 1 || metrics.has(part.slice(0, colon))) return null;
    metrics.set(part.slice(0, colon), part.slice(colon + 1));
  }
  return metrics;
}

const weights3 = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
} as const;

/** Privileges weigh more when the scope changes. */
const privileges3 = { U: { N: 0.85, L: 0.62, H: 0.27 }, C: { N: 0.85, L: 0.68, H: 0.5 } } as const;

function score3(metrics: Metrics | null, version: '3.0' | '3.1'): number | null {
  if (metrics === null) return null;
  const of = (metric: keyof typeof weights3) => weightOf(weights3[metric], metrics.get(metric));
  const scope = metrics.get('S');
  if (scope !== 'U' && scope !== 'C') return null;
  const numbers = [
    of('AV'),
    of('AC'),
    weightOf(privileges3[scope], metrics.get('PR')),
    of('UI'),
    of('C'),
    of('I'),
    of('A'),
  ];
  if (numbers.some((number) => number === null)) return null;
  const [av, ac, pr, ui, c, i, a] = numbers as [number, number, number, number, number, number, number];
  const lost = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = scope === 'U' ? 6.42 * lost : 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15;
  if (impact <= 0) return 0;
  const sum = (impact + 8.22 * av * ac * pr * ui) * (scope === 'U' ? 1 : 1.08);
  return version === '3.0' ? Math.ceil(Math.min(sum, 10) * 10) / 10 : roundUp(Math.min(sum, 10));
}

/** Specification 3.1, appendix A: rounding up on integers, so that 4.000000001 of floating point is 4.0. */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

const weights2 = {
  AV: { L: 0.395, A: 0.646, N: 1 },
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: { N: 0, P: 0.275, C: 0.66 },
  I: { N: 0, P: 0.275, C: 0.66 },
  A: { N: 0, P: 0.275, C: 0.66 },
} as const;

function score2(metrics: Metrics | null): number | null {
  if (metrics === null) return null;
  const numbers = (['AV', 'AC', 'Au', 'C', 'I', 'A'] as const).map((name) =>
    weightOf(weights2[name], metrics.get(name)),
  );
  if (numbers.some((number) => number === null)) return null;
  const [av, ac, au, c, i, a] = numbers as [number, number, number, number, number, number];
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const exploitability = 20 * av * ac * au;
  const sum = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(sum * 10) / 10;
}

function weightOf(table: Readonly<Record<string, number>>, value: string | undefined): number | null {
  return value !== undefined && Object.hasOwn(table, value) ? table[value]! : null;
}
