import type { Cvss } from '../advisory.ts';
import { cvssOf } from '../cvss-vector.ts';
import type { OvalDefinition } from './oval-definition.ts';

/** The vectors of a definition's CVEs (`7.8/CVSS:3.1/...`), each once, the highest first; SUSE shows NVD's beside its own. */
export function ovalVectors({ cves }: OvalDefinition, source: string): readonly Cvss[] {
  const vectors = cves.flatMap(({ text, cvss3, cvss2 }) =>
    [cvss3, cvss2].flatMap((scored) => {
      const vector = scored?.slice(scored.indexOf('/') + 1);
      return (vector && cvssOf(vector, / at NVD$/.test(text) ? 'nvd' : source)) || [];
    }),
  );
  const distinct = new Map(vectors.map((one) => [`${one.source} ${one.vector}`, one]));
  const isOwn = (one: Cvss) => Number(one.source === source);
  return [...distinct.values()].sort((a, b) => isOwn(b) - isOwn(a) || b.score - a.score).slice(0, 10);
}
