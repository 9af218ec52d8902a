import { type Severity, severityOfWord } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { array, type Json, object, text } from '../json-fields.ts';

/**
 * The advisory of an update of Bodhi. It is about builds, so about source packages (`NAME.src`). Which vulnerabilities it mends
 * stands only in titles of bugs and in notes, and not always. Builds of modules name no packages, and are passed over.
 */
export function bodhiUpdate(update: Json, namespace: string): Advisory | SetAside {
  const id = text(update['alias'], 90) ?? text(update['updateid'], 90);
  if (id === null) return { record: text(update['title'], 300) ?? 'an update', reason: 'it has no id' };
  const stable = dateOf(update['date_stable']) ?? dateOf(update['date_pushed']);
  const affected = array(update['builds']).flatMap((build) => rangeOf(object(build), namespace, stable) ?? []);
  if (affected.length === 0) return { record: id, reason: 'it names no builds of packages' };
  const severity = severityOf(text(update['severity'], 40) ?? '');
  return {
    record: id,
    id,
    aliases: [],
    related: cvesOf(update),
    severity,
    severitySource: severity === 'Unknown' ? null : 'fedora',
    title: text(update['display_name'], 300) ?? text(update['title'], 10_000)?.slice(0, 300) ?? null,
    urls: [`https://bodhi.fedoraproject.org/updates/${encodeURIComponent(id)}`],
    published: stable ?? dateOf(update['date_submitted']),
    affected,
  };
}

/** `thunderbird-115.5.0-1.fc38`: name, version and release; the epoch stands beside it. */
function rangeOf(build: Json | null, namespace: string, stable: string | null): AffectedRange | null {
  const [, name, version, release] = /^(.+)-([^-]+)-([^-]+)$/.exec(text(build?.['nvr'], 300) ?? '') ?? [];
  const epoch = build?.['epoch'] ?? 0;
  if (build?.['type'] !== 'rpm' || name === undefined || !Number.isSafeInteger(epoch)) return null;
  return {
    namespace,
    name: `${name}.src`,
    introduced: null,
    fixed: `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`,
    lastAffected: null,
    state: 'fixed',
    ...(stable === null ? {} : { fixedAt: stable.slice(0, 10) }),
  };
}

function cvesOf(update: Json): readonly string[] {
  const bugs = array(update['bugs']).map((bug) => text(object(bug)?.['title'], 2000) ?? '');
  const said = [text(update['title'], 10_000) ?? '', text(update['notes'], 1_000_000) ?? '', ...bugs].join('\n');
  const found = said.match(/\bCVE-\d{4}-\d{4,12}\b/gi) ?? [];
  return [...new Set(found.map((id) => id.toUpperCase()))].sort().slice(0, 200);
}

/** Bodhi's words are urgent, high, medium, low and unspecified. */
function severityOf(word: string): Severity {
  return word === 'urgent' ? 'Critical' : severityOfWord(word);
}

/** `2023-11-25 01:48:48`, UTC. */
function dateOf(written: unknown): string | null {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text(written, 40) ?? '') ?? [];
  return day === undefined ? null : `${day}T${time}Z`;
}
