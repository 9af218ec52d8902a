import calculator from 'ae-cvss-calculator';
import { type Severity, severityOfScore } from '#core/severity.ts';
import type { Cvss } from './advisory.ts';

const { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } = calculator;

const longest = 300;

/**
 * A CVSS vector with its base score (FIRST: CVSS v2.0, v3.0, v3.1 and v4.0), or null for one that is not valid: a metric
 * that is not known, that stands there twice, or a base metric that is missing. Metrics beyond the base group are kept in the
 * vector and do not count. Vectors of version 2 may stand in brackets, and begin with `CVSS2#` or with nothing.
 */
export function cvssOf(vector: string, source: string): Cvss | null {
  if (vector.length > longest) return null;
  const text = vector.trim();
  const version = /^CVSS:([34]\.[01])\//.exec(text)?.[1] ?? '2.0';
  if (!isVersion(version)) return null;
  const metrics = version === '2.0' ? text.replace(/^\(|\)$/g, '').replace(/^CVSS2#/, '') : text;
  const names = metrics.split('/').map((metric) => metric.slice(0, metric.indexOf(':')));
  if (names.includes('') || new Set(names).size < names.length) return null;
  const score = baseScore(metrics, version);
  return score === null ? null : { version, vector: metrics, score, source };
}

/** The rating of a vector by its own version's scale: in version 2 nothing is above High (NVD, "CVSS v2.0 Ratings"). */
export function severityOfCvss({ version, score }: Pick<Cvss, 'version' | 'score'>): Severity {
  return version === '2.0' && score >= 7 ? 'High' : severityOfScore(score);
}

const calculators = {
  '2.0': (text: string) => new Cvss2(text),
  '3.0': (text: string) => new Cvss3P0(text),
  '3.1': (text: string) => new Cvss3P1(text),
  '4.0': (text: string) => new Cvss4P0(text),
} as const;

function isVersion(version: string): version is Cvss['version'] {
  return Object.hasOwn(calculators, version);
}

function baseScore(metrics: string, version: Cvss['version']): number | null {
  try {
    const vector = calculators[version](metrics);
    if (!vector.isBaseFullyDefined()) return null;
    const scores = vector.calculateScores();
    const base = 'baseMetricsOnly' in scores ? scores.baseMetricsOnly : scores.base;
    return base !== undefined && base >= 0 && base <= 10 ? base : null;
  } catch {
    // How the calculator says that it does not know a metric or a value.
    return null;
  }
}
