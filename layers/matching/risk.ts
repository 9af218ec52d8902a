import type { Severity } from '#core/severity.ts';
import type { Finding } from '#schema/finding.ts';

/**
 * How urgent a finding is, 0 to 100 with one decimal: likelihood times impact.
 *
 * Likelihood is the EPSS score (probability of exploitation in 30 days); 0.02 where there is none, about what a vulnerability
 * that was not looked at has. What is exploited already (CISA KEV) has likelihood 1, and a risk of at least 75, at least 90
 * where ransomware does it. Impact is a tenth of the highest CVSS base score, else by severity the middle of its CVSS 3
 * band; that of an unrated vulnerability is taken for medium.
 */
export function riskOf({ severity, cvss, epss, kev }: Pick<Finding, 'severity' | 'cvss' | 'epss' | 'kev'>): number {
  const scored = cvss.reduce((highest, { score }) => Math.max(highest, score), 0) / 10;
  const impact = scored > 0 ? scored : impacts[severity];
  if (kev !== null) return rounded(Math.max(kev.ransomware ? 90 : 75, 100 * impact));
  return rounded(100 * impact * (epss?.score ?? 0.02));
}

const impacts: Readonly<Record<Severity, number>> = {
  Critical: 0.95,
  High: 0.8,
  Medium: 0.55,
  Low: 0.2,
  Negligible: 0.05,
  Unknown: 0.55,
};

const rounded = (risk: number) => Math.round(Math.min(100, risk) * 10) / 10;
