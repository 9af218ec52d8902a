import { analyzers } from '#analysis/analyzers.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { feeds } from '#feeds/feeds.ts';
import { gates } from '#policy/gates.ts';
import { sourceKinds } from '#registry/open-image.ts';
import { formats } from '#reports/formats.ts';
import { comparators } from '#versions/comparators.ts';

/** The support tables of the README, made from the lists: `node test/house/support-tables.ts` prints them. */
export function supportTables(): Readonly<Record<string, string>> {
  return {
    sources: table(
      ['source', 'form'],
      [
        ['registry', '`HOST/NAME:TAG`, `NAME@sha256:...`'],
        ...sourceKinds.map(({ prefix }) => [prefix, `\`${prefix}:...\``]),
      ],
    ),
    analyzers: table(
      ['analyzer', 'version'],
      analyzers.map(({ name, version }) => [name, String(version)]),
    ),
    packages: table(
      ['package type', 'purl', 'versions ordered as', 'advisories by'],
      Object.entries(ecosystems).map(([type, { os, purl, scheme, namespace }]) => [
        type,
        purl,
        scheme,
        namespace ?? (os ? 'distribution' : type === 'binary' ? 'NVD, by CPE' : 'none'),
      ]),
    ),
    schemes: table(
      ['version scheme', 'rules'],
      Object.values(comparators).map(({ scheme, rules }) => [scheme, String(rules)]),
    ),
    feeds: table(
      ['feed', 'groups'],
      feeds.map(({ name, knownGroups }) => [name, knownGroups.map((group) => `\`${group}\``).join(' ')]),
    ),
    gates: table(
      ['gate', 'triggers'],
      gates.map(({ name, triggers }) => [name, triggers.map((trigger) => trigger.name).join(', ')]),
    ),
    formats: table(
      ['output', 'what'],
      formats.map(({ name, description }) => [name, description]),
    ),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.main) for (const [title, text] of Object.entries(supportTables())) console.log(`${title}\n\n${text}\n`);
