import type { XmlElement } from '../xml-elements.ts';
import { packagesOf } from './oval-packages.ts';
import type { WrittenCriteria } from './written-criteria.ts';
import type { OvalContents } from './oval-contents.ts';
import type { OvalDefinition } from './oval-definition.ts';

/** A definition as it stands in a document: its criteria name tests by number. JSON. */
export interface WrittenDefinition extends Omit<OvalDefinition, 'packages'> {
  readonly criteria: WrittenCriteria | null;
}

/** Elements of the metadata that have a place of their own, or that nobody reads. */
const known = new Set(['title', 'affected', 'reference', 'description', 'advisory', 'severity', 'oval_repository']);

const longest = 1000;
const most = 2000;

export function writtenDefinition({ attributes, children }: XmlElement, contents: OvalContents): WrittenDefinition {
  const metadata = child(children, 'metadata')?.children ?? [];
  const advisory = child(metadata, 'advisory')?.children ?? [];
  const criteria = child(children, 'criteria');
  return {
    id: attributes['id'] ?? '',
    class: attributes['class'] ?? '',
    title: line(child(metadata, 'title')?.text) ?? '',
    platforms: texts(all(metadata, 'affected').flatMap((affected) => all(affected.children, 'platform'))),
    references: all(metadata, 'reference').map(({ attributes: of }) => ({
      source: of['source'] ?? '',
      id: of['ref_id'] ?? '',
      url: of['ref_url'] ?? '',
    })),
    severity: line(child(advisory, 'severity')?.text) ?? line(child(metadata, 'severity')?.text),
    issued: child(advisory, 'issued')?.attributes['date'] ?? null,
    updated: child(advisory, 'updated')?.attributes['date'] ?? null,
    cves: all(advisory, 'cve').map(({ attributes: of, text }) => ({
      text: line(text) ?? '',
      url: of['href'] ?? '',
      cvss3: of['cvss3'] ?? null,
      cvss2: of['cvss2'] ?? null,
      impact: of['impact'] ?? null,
      published: of['public'] ?? null,
    })),
    resolutions: all(advisory, 'affected')
      .flatMap((affected) => all(affected.children, 'resolution'))
      .map((resolution) => ({
        state: resolution.attributes['state'] ?? '',
        components: texts(all(resolution.children, 'component')),
      })),
    cpes: texts(all(advisory, 'affected_cpe_list').flatMap((list) => all(list.children, 'cpe'))),
    extra: Object.fromEntries(
      metadata
        .filter(({ name, text }) => !known.has(name) && text !== '' && text.length <= longest)
        .map(({ name, text }) => [name, text]),
    ),
    criteria: criteria === undefined ? null : criteriaOf(criteria, contents),
  };
}

/** The definition with its packages; null where it has no id. */
export function definitionOf(
  { criteria, ...written }: WrittenDefinition,
  contents: OvalContents,
): { readonly definition: OvalDefinition | null; readonly problem: string | null } {
  if (written.id === '') return { definition: null, problem: 'a definition without an id' };
  if (criteria === null) return { definition: { ...written, packages: [] }, problem: null };
  const { packages, missing } = packagesOf(criteria, contents);
  const problem =
    missing.length === 0 ? null : `in part: ${missing.length} of its tests cannot be read, as ${missing[0]}`;
  return { definition: { ...written, packages }, problem };
}

function criteriaOf({ attributes, children }: XmlElement, contents: OvalContents): WrittenCriteria {
  const of = children.flatMap((element): WrittenCriteria[] => {
    if (element.name === 'criteria') return [criteriaOf(element, contents)];
    const test = element.attributes['test_ref'];
    if (element.name !== 'criterion' || test === undefined) return [];
    return [[negated(element.attributes), contents.refer(test, line(element.attributes['comment']) ?? '')]];
  });
  // Of `ONE` and `XOR` too at least one has to be true.
  return [negated(attributes), (attributes['operator'] ?? 'AND') === 'AND' ? 'all' : 'any', of];
}

function negated(attributes: XmlElement['attributes']): 0 | 1 {
  return attributes['negate'] === 'true' || attributes['negate'] === '1' ? 1 : 0;
}

function child(elements: readonly XmlElement[], name: string): XmlElement | undefined {
  return elements.find((element) => element.name === name);
}

function all(elements: readonly XmlElement[], name: string): readonly XmlElement[] {
  return elements.filter((element) => element.name === name).slice(0, most);
}

function texts(elements: readonly XmlElement[]): readonly string[] {
  return elements.flatMap(({ text }) => line(text) ?? []).slice(0, most);
}

/** A text in one line; null where there is none. */
function line(text: string | undefined): string | null {
  return text?.slice(0, longest).replace(/\s+/g, ' ').trim() || null;
}
