import { severityOfWord } from '#core/severity.ts';
import type { Advisory, SetAside } from '../advisory.ts';
import { lowestFixes } from '../fix-choice.ts';
import { type ArchRange, archRanges } from '../oval/arch-ranges.ts';
import type { XmlElement } from '../xml-elements.ts';
import type { AmazonRepository } from './amazon-repositories.ts';

/**
 * The advisory of an `update` of updateinfo.xml; nothing for one that is no security update. It is about rpms by their binary
 * names; sources and debugging symbols are left out. Repositories repeat one id for different packages now and then, so a record
 * is named by both.
 */
export function* amazonUpdate(
  update: XmlElement,
  release: string,
  { name: repository, topic }: AmazonRepository,
): Generator<Advisory | SetAside> {
  if (update.name !== 'update' || update.attributes['type'] !== 'security') return;
  const id = textOf(update, 'id');
  const record = `${repository}/${id}`.slice(0, 300);
  if (!/^[\w.:+-]{1,90}$/.test(id)) return yield { record, reason: 'an update without an id' };
  const issued = dateOf(update, 'issued');
  const ranges = packagesOf(update).flatMap((one) => rangeOf(one.attributes, `amzn:${release}`, topic, issued) ?? []);
  const affected = archRanges(ranges, lowestFixes).map((range) =>
    topic === null ? range : { ...range, only: { ...range.only, repositories: [repository] } },
  );
  if (affected.length === 0) return yield { record, reason: 'it names no packages with their versions' };
  const severity = severityOfWord(textOf(update, 'severity'));
  yield {
    record,
    id,
    aliases: [],
    related: cvesOf(update),
    severity,
    severitySource: severity === 'Unknown' ? null : 'amazon',
    title: textOf(update, 'title').replace(/\s+/g, ' ').slice(0, 300) || null,
    urls: [`https://alas.aws.amazon.com/${release === '1' ? '' : `AL${release}/`}${encodeURIComponent(id)}.html`],
    published: issued,
    affected,
  };
}

function textOf({ children }: XmlElement, name: string): string {
  return children.find((child) => child.name === name)?.text ?? '';
}

/** `2018-01-11 21:05`, UTC. */
function dateOf({ children }: XmlElement, name: string): string | null {
  const written = children.find((child) => child.name === name)?.attributes['date'] ?? '';
  return /^\d{4}-\d\d-\d\d/.exec(written)?.[0] ?? null;
}

function packagesOf({ children }: XmlElement): readonly XmlElement[] {
  const collections = children.filter(({ name }) => name === 'pkglist').flatMap((list) => list.children);
  return collections.flatMap((collection) => collection.children).filter(({ name }) => name === 'package');
}

function cvesOf({ children }: XmlElement): readonly string[] {
  const references = children.filter(({ name }) => name === 'references').flatMap((list) => list.children);
  const ids = references
    .filter(({ attributes }) => attributes['type'] === 'cve')
    .flatMap(({ attributes }) => attributes['id'] ?? []);
  return [...new Set(ids)]
    .filter((id) => /^CVE-\d{4}-\d{4,12}$/.test(id))
    .sort()
    .slice(0, 200);
}

type Attributes = Readonly<Record<string, string>>;

function rangeOf(
  attributes: Attributes,
  namespace: string,
  topic: string | null,
  issued: string | null,
): ArchRange | null {
  const { name = '', version = '', release = '', epoch = '0', arch = '' } = attributes;
  if (name === '' || name.length > 200 || version === '' || release === '' || !/^\d{0,9}$/.test(epoch)) return null;
  if (arch === 'src' || /-debug(?:info|source)(?:-|$)/.test(name)) return null;
  const before = Number(epoch) === 0 ? '' : `${Number(epoch)}:`;
  const beginning = topic === null ? null : beginningOf(version, topic);
  return {
    arch: arch === 'noarch' || arch === '' ? null : arch,
    range: {
      namespace,
      name,
      introduced: beginning === null ? null : before + beginning,
      fixed: `${before}${version}-${release}`,
      lastAffected: null,
      state: 'fixed',
      ...(issued === null ? {} : { fixedAt: issued }),
    },
  };
}

/**
 * Where the versions of a topic of extras begin: it holds a line of its own (`php8.2`, `kernel-5.10`) under the names that
 * other topics and the core have, and where a package came from is not always known. Packages that do not go with the topic's number
 * begin with their own first part; a topic without a number has one line only.
 */
function beginningOf(version: string, topic: string): string | null {
  const numbers = topic.match(/\d+(?:\.\d+)*/g) ?? [];
  if (numbers.length === 0) return null;
  const own = numbers.find((number) => version === number || version.startsWith(`${number}.`));
  return own ?? /^\d+/.exec(version)?.[0] ?? null;
}
