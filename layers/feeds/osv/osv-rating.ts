import { type Severity, severityOfWord, severityRank } from '#core/severity.ts';
import type { Cvss } from '../advisory.ts';
import { cvssOf, severityOfCvss } from '../cvss-vector.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import { entriesOf } from './osv-affected.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';

/** A severity and who gave it, as findings show it (`osv:GHSA`, `osv:CVSS_V3`; null when nobody did), and every vector. */
export interface OsvRating {
  readonly severity: Severity;
  readonly severitySource: string | null;
  readonly cvss?: readonly Cvss[];
}

/**
 * The rating of an OSV record: the database's own word first (GitHub's analysts weigh more than the score says; the
 * word before the colon for errata of the RHEL family), then a CVSS vector, version 4 before 3 before 2, then the highest
 * vector of its packages in this ecosystem. A record of malicious code (MAL-) is Critical: the package is the attack, and nobody scores it.
 */
export function osvRating(record: Json, id: string, ecosystem: OsvEcosystem): OsvRating {
  const database = id.split('-', 1)[0] ?? id;
  const whole = vectorsOf(record['severity'], database);
  const packages = entriesOf(record, ecosystem)
    .slice(0, 1000)
    .map((entry) => vectorsOf(entry['severity'], database));
  const vectors = new Map([...whole, ...packages.flat()].map((cvss) => [cvss.vector, cvss]));
  const cvss = vectors.size === 0 ? {} : { cvss: [...vectors.values()].slice(0, 10) };

  const word = object(record['database_specific'])?.['severity'] ?? firstWord(record, ecosystem);
  const worded = severityOfWord(typeof word === 'string' ? word : '');
  if (worded !== 'Unknown') return { severity: worded, severitySource: `osv:${database}`, ...cvss };
  const [newest] = whole.length > 0 ? whole : packages.flatMap((its) => its.slice(0, 1)).sort(bySeverity);
  if (newest !== undefined) {
    return { severity: severityOfCvss(newest), severitySource: `osv:CVSS_V${newest.version[0]}`, ...cvss };
  }
  return database === 'MAL'
    ? { severity: 'Critical', severitySource: 'osv:MAL' }
    : { severity: 'Unknown', severitySource: null };
}

/** The vectors of a `severity`, newest version first: it is the one that the database means to be used. */
function vectorsOf(severities: unknown, database: string): readonly Cvss[] {
  const vectors = array(severities)
    .slice(0, 10)
    .map(object)
    .filter((severity) => /^CVSS_V\d$/.test(text(severity?.['type'], 20) ?? ''))
    .flatMap((severity) => {
      const source = text(severity?.['source'], 60) ?? (database === 'GHSA' ? 'github' : database);
      return cvssOf(text(severity?.['score'], 300) ?? '', source.toLowerCase()) ?? [];
    });
  return vectors.sort((a, b) => (a.version > b.version ? -1 : a.version < b.version ? 1 : 0));
}

function bySeverity(a: Cvss, b: Cvss): number {
  return severityRank(severityOfCvss(b)) - severityRank(severityOfCvss(a));
}

/** `Important: nodejs:18 security update` (AlmaLinux, Rocky). */
function firstWord({ summary }: Json, { errata }: OsvEcosystem): string | null {
  return errata !== undefined && typeof summary === 'string'
    ? (/^\s*([A-Za-z]+)\s*:/.exec(summary)?.[1] ?? null)
    : null;
}
