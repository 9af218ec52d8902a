import { analyzers } from '#analysis/analyzers.ts';
import { ecosystems } from '#core/ecosystem.ts';
import { type LimitKind, limitKinds, type PastLimit } from '#core/limits.ts';
import { feeds } from '#feeds/feeds.ts';
import { channels } from '#notices/channels.ts';
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
      ['analyzer', 'reads', 'version'],
      analyzers.map(({ name, reads, version }) => [name, reads, String(version)]),
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
    channels: table(
      ['channel', 'what'],
      Object.values(channels).map(({ name, summary }) => [name, summary]),
    ),
    formats: table(
      ['output', 'what'],
      formats.map(({ name, description }) => [name, description]),
    ),
  };
}

/** The table of limits of the operator guide. */
export function limitsTable(): string {
  return table(
    ['limit', 'as it comes', 'at most', 'what is bounded', 'past it'],
    Object.entries(limitKinds).map(([name, kind]: [string, LimitKind]) => [
      `\`${name}\``,
      shown(kind.value, kind.unit),
      kind.most === undefined ? '' : shown(kind.most, kind.unit),
      kind.bounds,
      pastLimit[kind.past],
    ]),
  );
}

const pastLimit: Readonly<Record<PastLimit, string>> = {
  note: 'a note by this name; the rest is left out, and all else goes on',
  fails: 'the analysis fails by this name',
  refused: 'the request is refused',
  spooled: 'it goes by way of an unnamed temporary file',
};

function shown(value: number, unit: LimitKind['unit']): string {
  const names: readonly (readonly [string, number])[] =
    unit === 'bytes'
      ? [
          ['GiB', 1024 ** 3],
          ['MiB', 1024 ** 2],
          ['KiB', 1024],
        ]
      : unit === 'seconds'
        ? [
            ['h', 3600],
            ['min', 60],
            ['s', 1],
          ]
        : [];
  const [name, size] = names.find(([, one]) => value >= one && value % one === 0) ?? ['', 1];
  return `${(value / size).toLocaleString('en')} ${name}`.trim();
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.main)
  for (const [title, text] of Object.entries({ ...supportTables(), limits: limitsTable() }))
    console.log(`${title}\n\n${text}\n`);
