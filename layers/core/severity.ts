/** Severities from lowest to highest: the six words of the Anchore API (reference: policy gate `vulnerabilities`). */
export const severities = ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] as const;

export type Severity = (typeof severities)[number];

/** 0 for Unknown up to 5 for Critical. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The severity of a stored rank; Unknown when out of range. */
export function severityOfRank(rank: number): Severity {
  return severities[rank] ?? 'Unknown';
}

const words: Readonly<Record<string, Severity>> = {
  negligible: 'Negligible',
  unimportant: 'Negligible',
  none: 'Negligible',
  low: 'Low',
  minor: 'Low',
  medium: 'Medium',
  moderate: 'Medium',
  high: 'High',
  important: 'High',
  critical: 'Critical',
};

/** The severity an upstream word stands for, in any case (`Moderate`, `IMPORTANT`, `unimportant`, ...); Unknown for other words. */
export function severityOfWord(word: string): Severity {
  return words[word.trim().toLowerCase()] ?? 'Unknown';
}

/** The severity of a CVSS v3 or v4 base score (FIRST, qualitative severity rating scale). */
export function severityOfScore(score: number): Severity {
  if (!(score >= 0 && score <= 10)) return 'Unknown';
  if (score === 0) return 'Negligible';
  if (score < 4) return 'Low';
  if (score < 7) return 'Medium';
  if (score < 9) return 'High';
  return 'Critical';
}
