import { Fault } from '#core/fault.ts';
import { severityOfWord } from '#core/severity.ts';
import type { Advisory, AffectedRange, Cvss, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import type { OvalDefinition } from '../oval/oval-definition.ts';

const url = 'https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2';

/** The document has a few hundred megabytes when inflated. */
const documentBytes = 4 * 1024 ** 3;

/**
 * Oracle's errata of all releases of Oracle Linux, as one OVAL document (https://linux.oracle.com/security/): by binary
 * package, the versions that mend, with streams of modules. Errata only: what has no mend yet is not in it.
 */
export const oracle: Feed = {
  name: 'oracle',
  version: 1,
  knownGroups: ['oracle'],
  groupsFor: (namespace) => (namespace.startsWith('ol:') ? ['oracle'] : []),
  async fetch(world, group, mark) {
    if (group !== 'oracle')
      throw new Fault('input/invalid', `'${group}' is no group of the feed oracle; there is only 'oracle'`);
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `Oracle does not publish its errata (${url})` };
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [],
      async *records() {
        try {
          yield* recordsOf(part);
        } finally {
          await cancelParts(answer.parts);
        }
      },
    };
  },
};

async function* recordsOf(part: Part): AsyncGenerator<Advisory | SetAside> {
  const { readOval } = await import('../oval/read-oval.ts');
  const { ovalVectors } = await import('../oval/oval-vectors.ts');
  const { oracleRanges } = await import('../oracle/oracle-ranges.ts');
  const { startLineages } = await import('../oracle/oracle-lineages.ts');
  const lineages = startLineages();
  for await (const definition of readOval(inflatedPart(part, documentBytes), part.url)) {
    if ('reason' in definition) {
      yield definition;
      continue;
    }
    const { ranges, problems } = oracleRanges(definition);
    const id = idOf(definition);
    const record = id ?? definition.id;
    if (problems[0] !== undefined) {
      const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
      yield { record, reason: `${ranges.length > 0 ? 'in part: ' : ''}${problems[0]}${others}` };
    }
    if (id === null) yield { record, reason: 'it has no ELSA id' };
    else if (ranges.length > 0)
      yield* lineages.take(advisoryOf(id, definition, ranges, ovalVectors(definition, 'oracle')));
  }
  yield* lineages.rest();
}

function idOf({ references, title }: OvalDefinition): string | null {
  const reference = references.find(({ source }) => source.toLowerCase() === 'elsa')?.id ?? title;
  return /^ELSA-\d{4}-\d{1,9}(?:-\d{1,3})?/.exec(reference)?.[0] ?? null;
}

function advisoryOf(
  id: string,
  definition: OvalDefinition,
  ranges: readonly AffectedRange[],
  cvss: readonly Cvss[],
): Advisory {
  const { references, severity, issued, title } = definition;
  const rated = severityOfWord(severity ?? '');
  const cves = references.flatMap(({ id: one }) => (/^CVE-\d{4}-\d{4,12}$/.test(one) ? [one] : []));
  return {
    record: id,
    id,
    aliases: [],
    related: [...new Set(cves)].sort(),
    severity: rated,
    severitySource: rated === 'Unknown' ? null : 'oracle',
    cvss,
    title:
      title.replace(/^ELSA\S+ *(?:(?:Critical|Important|Moderate|Low): *)?/i, '').replace(/ *\([A-Z/]+\)$/, '') || null,
    urls: [`https://linux.oracle.com/errata/${id}.html`],
    published: issued,
    affected: issued === null ? ranges : ranges.map((range) => ({ ...range, fixedAt: issued })),
  };
}
