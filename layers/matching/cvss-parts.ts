import calculator from 'ae-cvss-calculator';
import type { Cvss } from '#schema/finding.ts';

const { Cvss2, Cvss3P0, Cvss3P1 } = calculator;

/** The base score of a vector and the two that it is made of; version 4 has no such two. */
export interface CvssParts {
  readonly base: number;
  /** 0.0 to 10.0 (version 2) or 3.9 (version 3); null where it cannot be told. */
  readonly exploitability: number | null;
  /** 0.0 to 10.0 (version 2) or 6.0 (version 3); null where it cannot be told. */
  readonly impact: number | null;
}

export function cvssParts({ version, vector, score }: Cvss): CvssParts {
  const unknown = { base: score, exploitability: null, impact: null };
  if (version === '4.0') return unknown;
  try {
    const known = version === '2.0' ? new Cvss2(vector) : version === '3.0' ? new Cvss3P0(vector) : new Cvss3P1(vector);
    const { exploitability, impact } = known.calculateScores();
    return { base: score, exploitability: exploitability ?? null, impact: impact ?? null };
  } catch {
    // How the calculator says that it does not know a metric: the score stands as upstream gave it.
    return unknown;
  }
}
