import type { Advisory, SetAside } from '../advisory.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import { osvAffected } from './osv-affected.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';
import { osvRating } from './osv-rating.ts';

/**
 * One OSV record (https://ossf.github.io/osv-schema/) as an advisory of this ecosystem. Nothing comes back for what is
 * no advisory of it: withdrawn, another ecosystem's only, informational, an erratum that is not about security. What
 * cannot be read comes back with its reason, beside the advisory where the rest of the record is good.
 */
export function osvAdvisory(
  json: unknown,
  file: string,
  ecosystem: OsvEcosystem,
  now: number,
): (Advisory | SetAside)[] {
  const record = object(json);
  const id = text(record?.['id'], 200);
  if (record === null || id === null) return [{ record: file.slice(0, 300), reason: 'the record has no id' }];
  if (isWithdrawn(record['withdrawn'], now) || ecosystem.errata?.test(id) === false) return [];
  const problems = new Set<string>();
  const affected = osvAffected(record, ecosystem, problems);
  const aside = [...problems].slice(0, 1).map((reason) => ({ record: id, reason: countOthers(reason, problems.size) }));
  if (affected.length === 0) return aside;
  const errata = ecosystem.errata !== undefined;
  const sameAs = osvIds(record['aliases'], id);
  const beside = [...new Set([...osvIds(record['related'], id), ...osvIds(record['upstream'], id)])];
  const aliases = errata ? [] : sameAs.slice(0, 50);
  const related = [...sameAs, ...beside].filter((other) => !aliases.includes(other));
  return [
    {
      record: id,
      id,
      aliases,
      related: [...new Set(related)].slice(0, 200),
      ...osvRating(record, id, ecosystem),
      ...(isDisputed(record) ? { disputed: true } : {}),
      title: titleOf(record),
      urls: urlsOf(record, id),
      published: text(record['published'], 40),
      affected,
    },
    ...aside,
  ];
}

/** Ids of a list (`aliases`) in a stable order, each once, without the record's own. */
export function osvIds(value: unknown, own: string): string[] {
  const ids = array(value).flatMap((id) => text(id, 100) ?? []);
  return [...new Set(ids)].filter((id) => id !== own).sort();
}

/** A moment in the future is an announcement; a text that is no time is taken at its word. */
function isWithdrawn(withdrawn: unknown, now: number): boolean {
  return typeof withdrawn === 'string' && withdrawn !== '' && !(Date.parse(withdrawn) > now);
}

/** As MITRE marks a CVE that its vendor denies, in front of the description that databases take over. */
function isDisputed(record: Json): boolean {
  return [record['summary'], record['details']].some(
    (words) => typeof words === 'string' && /^[\s*]{0,10}DISPUTED\b/.test(words),
  );
}

function titleOf(record: Json): string | null {
  const title = text(record['summary'], 100_000) ?? text(record['details'], 1_000_000)?.split('\n', 1)[0];
  return title?.replace(/\s+/g, ' ').trim().slice(0, 300) || null;
}

/** The page of the record, then what upstream names, advisories first. */
function urlsOf(record: Json, id: string): readonly string[] {
  const references = array(record['references']).slice(0, 200).map(object);
  const first = references.filter((reference) => reference?.['type'] === 'ADVISORY');
  const urls = [...first, ...references].map((reference) => text(reference?.['url'], 500) ?? '');
  const page = `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
  return [...new Set([page, ...urls.filter((url) => /^https?:\/\//.test(url))])].slice(0, 10);
}

function countOthers(reason: string, count: number): string {
  return count === 1 ? reason : `${reason} (and ${count - 1} more)`;
}
