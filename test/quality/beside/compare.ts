import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Distro } from '#core/distro.ts';
import { ecosystems } from '#core/ecosystem.ts';
import type { SyncWorld } from '#feeds/sync-feed.ts';
import { reportFindings } from '#matching/judge-report.ts';
import type { Finding } from '#schema/finding.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import type { Beside, Expected } from './beside.ts';
import { rawWords } from './raw-record.ts';

/** What an upstream says, what we found, and where that is not what its record says; null where it is. */
export interface Compared {
  readonly package: string;
  readonly upstream: readonly string[];
  readonly ours: string;
  readonly problem: string | null;
}

/** Judges the package of a case by what is loaded. `images` is the folder of real images' package lists. */
export async function compare(
  world: Pick<SyncWorld, 'sql' | 'clock'>,
  mirror: string,
  images: string,
  beside: Beside,
): Promise<Compared> {
  const { distro, image, package: named, vulnerability, raw, expected } = beside;
  const { name, version } = named;
  const upstream = await rawWords(mirror, raw);
  if (image !== undefined && !(await holds(images, image, name, version)))
    throw new Error(`the image ${image} has no ${name} ${version}`);
  const [id, versionId] = distro ?? [];
  const of = id === undefined ? null : { id, versionId: versionId ?? null, codename: null, name: null, idLike: [] };
  const { finding, hidden } = await judged(world, of, named, vulnerability);
  // That there is nothing to be found must not be because nothing is known.
  const early = { ...named, version: '0', ...(named.origin && { origin: { ...named.origin, version: '0' } }) };
  const unknown = expected.is === 'fixed' && (await judged(world, of, early, vulnerability)).finding === undefined;
  return {
    package: `${name} ${version} of ${of === null ? ecosystems[named.type].namespace : `${id} ${versionId}`}${image === undefined ? '' : ` in ${image}`}`,
    upstream,
    ours:
      finding !== undefined
        ? told(finding)
        : `no finding${hidden === undefined ? '' : `: ${hidden.suppressed.rule}, ${hidden.suppressed.reason}`}`,
    problem: unknown ? 'no earlier version is affected' : problemOf(finding, expected),
  };
}

async function judged(
  world: Pick<SyncWorld, 'sql' | 'clock'>,
  distro: Distro | null,
  named: Beside['package'],
  vulnerability: string,
) {
  const purl = `pkg:${ecosystems[named.type].purl}/${named.name}@${named.version}`;
  const { findings, suppressed } = await reportFindings(
    world,
    someReport([somePackage({ purl, ...named })], { distro }),
  );
  const is = ({ id, aliases }: Finding) => id === vulnerability || aliases.includes(vulnerability);
  return { finding: findings.find(is), hidden: suppressed.find(is) };
}

async function holds(images: string, image: string, name: string, version: string): Promise<boolean> {
  const lists = (await readdir(images)).filter((file) => file.startsWith(image) && file.endsWith('.packages.tsv'));
  const texts = await Promise.all(lists.map((file) => readFile(join(images, file), 'utf8')));
  return texts.some((text) => text.includes(`\t${name}\t${version}`));
}

function told(finding: Finding): string {
  const { id, aliases, related, judgement, state, fixedIn, severity, severitySource, channel, namespace, group } =
    finding;
  const ids = [id, ...aliases].join(' = ') + (related.length > 0 ? `, of ${related.join(' ')}` : '');
  const mend = fixedIn.length > 0 ? ` in ${fixedIn.join(', ')}` : '';
  const by = channel === null ? '' : ` (${channel})`;
  return `${ids}: ${judgement}, ${state}${mend}${by}; ${severity} by ${severitySource ?? 'nobody'}; ${namespace} of ${group}`;
}

function problemOf(finding: Finding | undefined, { is, ...wanted }: Expected): string | null {
  const ours = finding?.judgement ?? 'no finding';
  const ought = is === 'fixed' || is === 'not affected' ? 'no finding' : is;
  if (ours !== ought) return `the record says ${is}, ours is ${ours}`;
  const wrong = Object.entries(wanted).filter(
    ([key, value]) => !isDeepStrictEqual(finding?.[key as keyof Finding], value),
  );
  return wrong.length === 0
    ? null
    : wrong.map(([key, value]) => `${key} should be ${JSON.stringify(value)}`).join(', ');
}
