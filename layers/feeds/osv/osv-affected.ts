import { namespaceType } from '#core/distro.ts';
import { advisoryName } from '#core/package-name.ts';
import type { AffectedRange } from '../advisory.ts';
import { lowestFixes } from '../fix-choice.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import { namespaceComparator } from '../namespace-comparator.ts';
import type { OsvEcosystem } from './osv-ecosystems.ts';
import { stretchesOf } from './osv-ranges.ts';

const maxAffected = 20_000;
const maxName = 512;

/**
 * The `affected` of an OSV record, as far as it speaks of packages of this ecosystem: others in it, and what is
 * informational only (RustSec: unmaintained, unsound, notice), are passed over. What cannot be read is added to `problems`.
 */
export function osvAffected(record: Json, ecosystem: OsvEcosystem, problems: Set<string>): readonly AffectedRange[] {
  const found = new Map<string, AffectedRange>();
  if (array(record['affected']).length > maxAffected) {
    problems.add(`more than ${maxAffected} affected packages: the rest is left out`);
  }
  for (const entry of entriesOf(record, ecosystem)) {
    const named = packageOf(entry, ecosystem, problems);
    if (named === null) continue;
    for (const range of rangesOf(named, problems)) {
      for (const placed of ecosystem.errata === undefined ? [range] : inStreams(range, record['summary'], problems)) {
        found.set(JSON.stringify(placed), placed);
      }
    }
  }
  return ecosystem.errata === undefined ? [...found.values()] : lowestFixes([...found.values()]);
}

/** The entries of `affected` that speak of packages of this ecosystem; at most 20,000 are looked at. */
export function entriesOf(record: Json, { name }: OsvEcosystem): readonly Json[] {
  const own = name.toLowerCase();
  return array(record['affected'])
    .slice(0, maxAffected)
    .flatMap((entry) => {
      const written = text(object(object(entry)?.['package'])?.['ecosystem'], 200)?.toLowerCase();
      const [plain] = written?.split(':', 1) ?? [];
      return plain?.trim() === own ? [object(entry)!] : [];
    });
}

interface NamedEntry {
  readonly entry: Json;
  readonly namespace: string;
  readonly name: string;
}

function packageOf(entry: Json, ecosystem: OsvEcosystem, problems: Set<string>): NamedEntry | null {
  const its = object(entry['package']);
  const name = text(its?.['name'], maxName);
  const written = text(its?.['ecosystem'], 200) ?? '';
  if (object(entry['database_specific'])?.['informational']) return null;
  const colon = written.indexOf(':');
  const namespace = ecosystem.namespace(colon < 0 ? null : written.slice(colon + 1).trim());
  const type = namespace === null ? null : namespaceType(namespace);
  if (namespace === null || type === null) {
    problems.add(`the ecosystem '${written}' names no release that is known`);
    return null;
  }
  if (name === null) {
    problems.add('a package without a name that can be read');
    return null;
  }
  return { entry, namespace, name: advisoryName(type, name) };
}

function rangesOf({ entry, namespace, name }: NamedEntry, problems: Set<string>): AffectedRange[] {
  const comparator = namespaceComparator(namespace);
  if (comparator === null) return [];
  const found: AffectedRange[] = [];
  const upTo = text(object(entry['database_specific'])?.['last_known_affected_version_range'], 300);
  for (const range of array(entry['ranges'])) {
    const type = object(range)?.['type'];
    // Commits say nothing of package versions; the versions that upstream derived from them are in `versions`.
    if (type === 'GIT') continue;
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') {
      problems.add(`${name}: a range of the type ${JSON.stringify(type)?.slice(0, 50)}`);
      continue;
    }
    const stretches = stretchesOf(object(range)?.['events'], comparator, upTo);
    if (typeof stretches === 'string') problems.add(`${name}: ${stretches}`);
    else found.push(...stretches.map((stretch) => ({ namespace, name, ...stretch })));
  }
  const versions = array(entry['versions']).filter((version) => typeof version === 'string' && version.length <= 1000);
  if (versions.length > 0) {
    const none = { introduced: null, fixed: null, lastAffected: null, state: 'unknown' as const };
    found.push({ namespace, name, ...none, versions: versions as string[] });
  }
  return found;
}

/**
 * A build of a module says so in its release (`.module_el8`, `.module+el8`); the stream is told by the summary only
 * (`Important: nodejs:18 security update`). Where the summary names several, a package is in one of them: a row under the
 * others finds nothing.
 */
function inStreams(range: AffectedRange, summary: unknown, problems: Set<string>): AffectedRange[] {
  if (!/\.module[_+]el\d/.test(range.fixed ?? range.lastAffected ?? '')) return [range];
  const streams = typeof summary === 'string' ? (summary.slice(0, 500).match(/[\w][\w.+-]*:[\w.+-]*\w/g) ?? []) : [];
  if (streams.length === 0) problems.add('builds of a module whose stream the summary does not name');
  return streams.map((stream) => ({ ...range, name: `${stream}/${range.name}` }));
}
