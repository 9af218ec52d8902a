import { Fault } from '#core/fault.ts';
import { severityOfWord, severityRank } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { cancelParts, fetchParts, type Part } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { highestFixes } from '../fix-choice.ts';
import type { OvalDefinition, OvalVersionTest } from '../oval/oval-definition.ts';
import { ovalStretch } from '../oval/oval-stretch.ts';
import { binaryAndSource } from '../source-names.ts';

const base = 'https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main';

/** The documents have a few megabytes. */
const documentBytes = 512 * 1024 * 1024;

/** CBL-Mariner became Azure Linux with 3.0. */
const form = /^(?:mariner:[12]|azurelinux:[3-9])\.0$/;

/**
 * Microsoft's OVAL of Azure Linux and CBL-Mariner: one definition a vulnerability and source package, with the version that
 * mends, or the newest one that is known to be affected. One group a release.
 */
export const azurelinux: Feed = {
  name: 'azurelinux',
  version: 1,
  knownGroups: ['azurelinux:3.0', 'mariner:1.0', 'mariner:2.0'],
  groupsFor: (namespace) => (form.test(namespace) ? [namespace] : []),
  async fetch(world, group, mark) {
    if (!form.test(group))
      throw new Fault('input/invalid', `'${group}' is no group of the feed azurelinux; they are called azurelinux:3.0`);
    const url = `${base}/${group.replace('mariner:', 'cbl-mariner-').replace(':', '-')}-oval.xml`;
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `Microsoft has no vulnerability data for ${group} (${url})` };
    return {
      kind: 'changed',
      mark: answer.mark,
      missing: [],
      async *records() {
        try {
          yield* recordsOf(part, group);
        } finally {
          await cancelParts(answer.parts);
        }
      },
    };
  },
};

async function* recordsOf(part: Part, namespace: string): AsyncGenerator<Advisory | SetAside> {
  const { readOval } = await import('../oval/read-oval.ts');
  const found = new Map<string, Advisory[]>();
  for await (const definition of readOval(part.stream(documentBytes), part.url)) {
    if ('reason' in definition) {
      yield definition;
      continue;
    }
    // What does not apply is no verdict: it says that nobody will look.
    if (/^not applicable$/i.test(definition.extra['patchable'] ?? '')) continue;
    const id = definition.references.find(({ id: one }) => /^CVE-\d{4}-\d{4,12}$/.test(one))?.id;
    const affected = rangesOf(definition, namespace);
    if (id === undefined || affected.length === 0) {
      yield {
        record: definition.id,
        reason: id === undefined ? 'it names no CVE' : 'it names no versions of a package',
      };
      continue;
    }
    const same = found.get(id);
    const advisory = advisoryOf(id, definition, affected);
    if (same === undefined) found.set(id, [advisory]);
    else same.push(advisory);
  }
  for (const same of found.values()) yield joined(same);
}

function rangesOf({ packages, severity, extra }: OvalDefinition, namespace: string): readonly AffectedRange[] {
  const date = /^\d{4}-\d\d-\d\d/.exec(extra['advisory_date'] ?? '')?.[0];
  return packages.flatMap(({ name, tests }) => {
    const read = tests.flatMap(mended);
    const stretch = read.length === 0 ? null : ovalStretch(read);
    if (stretch === null) return [];
    const fixedAt = stretch.fixed !== null && date !== undefined ? { fixedAt: date } : {};
    return [{ namespace, name, ...stretch, severity: severityOfWord(severity ?? ''), ...fixedAt }];
  });
}

/**
 * The generator of the documents adds epoch and distribution to whatever it is given: blanks before a version, a version
 * without a release, `null`, and lists of versions, which are none.
 */
function mended(test: OvalVersionTest): readonly OvalVersionTest[] {
  const value = test.value.replace(/\s+/g, '');
  if (/,|:null\b/.test(value)) return [];
  return [{ ...test, value: value.includes('-') ? value : value.replace(/\.(?:azl|cm)\d+$/, '') }];
}

function advisoryOf(id: string, { extra }: OvalDefinition, affected: readonly AffectedRange[]): Advisory {
  const severity = affected[0]?.severity ?? 'Unknown';
  return {
    record: id,
    id,
    aliases: [],
    related: [],
    severity,
    severitySource: severity === 'Unknown' ? null : 'azurelinux',
    title: null,
    urls: [`https://nvd.nist.gov/vuln/detail/${id}`],
    published: extra['advisory_date'] ?? null,
    affected,
  };
}

/**
 * One vulnerability of several packages, each with its own severity; the record has the highest and the earliest date. A
 * package that is named again was mended again.
 */
function joined(same: readonly Advisory[]): Advisory {
  const [highest] = same.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));
  const [earliest] = same.flatMap(({ published }) => published ?? []).sort();
  const affected = highestFixes(same.flatMap((one) => one.affected)).flatMap(binaryAndSource);
  return { ...highest!, published: earliest ?? null, affected };
}
