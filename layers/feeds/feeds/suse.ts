import { Fault } from '#core/fault.ts';
import { severityOfWord } from '#core/severity.ts';
import type { Advisory, Cvss, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part } from '../conditional.ts';
import type { Feed, FeedWorld, Mark } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import type { OvalDefinition } from '../oval/oval-definition.ts';
import { suseDocuments } from '../suse/suse-documents.ts';

const base = 'https://ftp.suse.com/pub/projects/security/oval';

/** A document of one service pack has some hundred megabytes when inflated, one of a whole generation a few thousand. */
const documentBytes = 16 * 1024 ** 3;

/**
 * SUSE's OVAL of what is fixed, affected and not affected (`-affected`, https://www.suse.com/support/security/oval/), one
 * document a service pack. One group a release.
 *
 * SUSE says the same as CSAF VEX, by vulnerability: some ten gigabytes for all products at once, of which an image
 * needs one. OVAL lacks only what SUSE will not mend, and why.
 */
export const suse: Feed = {
  name: 'suse',
  version: 1,
  knownGroups: [
    ...['sles:12', ...[1, 2, 3, 4, 5].map((pack) => `sles:12.${pack}`)],
    ...['sles:15', ...[1, 2, 3, 4, 5, 6, 7].map((pack) => `sles:15.${pack}`), 'sles:16.0'],
    ...[0, 1, 2, 3, 4, 5].map((minor) => `sle-micro:5.${minor}`),
    ...['sle-micro:6.0', 'sle-micro:6.1', 'sle-micro:6.2'],
    ...[0, 1, 2, 3, 4, 5, 6].map((minor) => `opensuse-leap:15.${minor}`),
    ...['opensuse-leap:16.0', 'opensuse-tumbleweed:rolling'],
  ],
  groupsFor: (namespace) => (suseDocuments(namespace).length > 0 ? [namespace] : []),
  async fetch(world, group, mark) {
    const urls = suseDocuments(group).map((name) => `${base}/${name}`);
    if (urls.length === 0)
      throw new Fault('input/invalid', `'${group}' is no group of the feed suse; they are called sles:15.6`);
    const answer = await fetchFirst(world, urls, mark);
    if (answer.kind !== 'changed') return answer;
    const { part } = answer;
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [],
      async *records() {
        try {
          yield* recordsOf(part, group);
        } finally {
          await part.cancel();
        }
      },
    };
  },
};

type First =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'changed'; readonly mark: Mark; readonly part: Part };

/** The first document that is there: which of them a release has differs. */
async function fetchFirst(world: FeedWorld, urls: readonly string[], mark: Mark | null): Promise<First> {
  for (const url of urls) {
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part !== null) return { kind: 'changed', mark: answer.mark, part };
    await cancelParts(answer.parts);
  }
  return { kind: 'absent', reason: `SUSE has no OVAL for this release (${urls[0]})` };
}

async function* recordsOf(part: Part, namespace: string): AsyncGenerator<Advisory | SetAside> {
  const { readOval } = await import('../oval/read-oval.ts');
  const { ovalVectors } = await import('../oval/oval-vectors.ts');
  const { suseRanges } = await import('../suse/suse-ranges.ts');
  for await (const definition of readOval(inflatedPart(part, documentBytes), part.url)) {
    if ('reason' in definition) {
      yield definition;
      continue;
    }
    const id = /\bCVE-\d{4}-\d{4,12}\b/.exec(definition.title)?.[0];
    const { ranges, problems } = suseRanges(definition, namespace);
    const record = id ?? definition.id;
    if (problems[0] !== undefined) yield { record, reason: `${ranges.length > 0 ? 'in part: ' : ''}${problems[0]}` };
    if (id === undefined) yield { record, reason: 'its title is no CVE' };
    else if (ranges.length > 0) yield advisoryOf(id, definition, ranges, ovalVectors(definition, 'suse'));
  }
}

function advisoryOf(
  id: string,
  definition: OvalDefinition,
  affected: Advisory['affected'],
  cvss: readonly Cvss[],
): Advisory {
  const severity = severityOfWord(definition.severity ?? '');
  return {
    record: id,
    id,
    aliases: [],
    related: [],
    severity,
    severitySource: severity === 'Unknown' ? null : 'suse',
    cvss,
    title: null,
    urls: [`https://www.suse.com/security/cve/${id}.html`],
    published: definition.issued,
    affected,
  };
}
