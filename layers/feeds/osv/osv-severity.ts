import { type Severity, severityOfScore, severityOfWord, severityRank } from '#core/severity.ts';
import { cvssScore } from './cvss-score.ts';

/** A severity and who gave it, as findings show it: `osv:GHSA`, `osv:CVSS_V3`; null when nobody did. */
export interface Rated {
  readonly severity: Severity;
  readonly severitySource: string | null;
}

const unrated: Rated = { severity: 'Unknown', severitySource: null };

/**
 * The severity of an OSV record: the database's own word first (GitHub's analysts weigh more than the score says; the
 * word before the colon for errata of the RHEL family), then a CVSS vector, version 4 before 3 before 2, then the highest
 * vector of its packages. A record of malicious code (MAL-) is Critical: the package is the attack, and nobody scores it.
 */
export function osvSeverity(record: Readonly<Record<string, unknown>>, id: string, summaryRates: boolean): Rated {
  const source = `osv:${id.split('-', 1)[0]}`;
  const word = field(record['database_specific'], 'severity') ?? (summaryRates ? firstWord(record['summary']) : null);
  const worded = severityOfWord(typeof word === 'string' ? word : '');
  if (worded !== 'Unknown') return { severity: worded, severitySource: source };
  const whole = ratedBy(record['severity']);
  if (whole.severitySource !== null) return whole;
  const packages = list(record['affected']).map((affected) => ratedBy(field(affected, 'severity')));
  const highest = packages.reduce((a, b) => (severityRank(b.severity) > severityRank(a.severity) ? b : a), unrated);
  if (highest.severitySource !== null) return highest;
  return id.startsWith('MAL-') ? { severity: 'Critical', severitySource: source } : unrated;
}

/** Newest first: it is the one that the database means to be used. */
const types: readonly string[] = ['CVSS_V4', 'CVSS_V3', 'CVSS_V2'];

function ratedBy(severities: unknown): Rated {
  for (const type of types) {
    for (const severity of list(severities)) {
      const vector = field(severity, 'score');
      if (field(severity, 'type') !== type || typeof vector !== 'string') continue;
      const score = cvssScore(vector);
      if (score !== null) return { severity: severityOfScore(score), severitySource: `osv:${type}` };
    }
  }
  return unrated;
}

/** `Important: nodejs:18 security update` (AlmaLinux, Rocky). */
function firstWord(summary: unknown): string | null {
  return typeof summary === 'string' ? (/^\s*([A-Za-z]+)\s*:/.exec(summary)?.[1] ?? null) : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 1000) : [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
