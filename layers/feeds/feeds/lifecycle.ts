import { Fault } from '#core/fault.ts';
import type { Enrichment, SetAside } from '../advisory.ts';
import { fetchParts, type Part } from '../conditional.ts';
import type { Feed } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';
import { jsonEntries } from '../json-entries.ts';
import { array, object, text } from '../json-fields.ts';

const url = 'https://endoflife.date/api/v1/products/full';

/** The document has about 5 MB, a product at most some hundred kB. */
const limits = { entryBytes: 16 * 1024 * 1024, keyBytes: 1024, depth: 32, list: 'result' };
const documentBytes = 256 * 1024 * 1024;
const maxReleases = 1000;

/**
 * When releases end (https://endoflife.date, API version 1): for the namespaces of distributions. What a release has after
 * that is no longer mended for everybody.
 */
export const lifecycle: Feed = {
  name: 'lifecycle',
  version: 2,
  knownGroups: ['lifecycle'],
  groupsFor: (namespace) => (namespace === 'lifecycle' ? ['lifecycle'] : []),
  async fetch(world, group, mark) {
    if (group !== 'lifecycle')
      throw new Fault('input/invalid', `'${group}' is no group of the feed lifecycle; there is only 'lifecycle'`);
    const answer = await fetchParts(world, [url], mark);
    if (answer.kind === 'unchanged') return answer;
    const part = answer.parts.get(url) ?? null;
    if (part === null) return { kind: 'absent', reason: `endoflife.date has no list of products (${url})` };
    return { kind: 'changed', mark: answer.mark, missing: [], records: () => recordsOf(part) };
  },
};

/** What advisories call a release of a product; null for one that has none. */
type Naming = (release: string) => string | null;

const under = (id: string, form: RegExp) => (release: string) => (form.test(release) ? `${id}:${release}` : null);
const whole = /^\d{1,3}$/;
const dotted = /^\d{1,3}\.\d{1,3}$/;

/** SUSE's first release of a major before 16 is `15` in os-release and `15.0` here. */
const suse: Naming = (release) => (dotted.test(release) ? `sles:${release.replace(/^(1[0-5])\.0$/, '$1')}` : null);

/** From 42 on, and again from 15 on, openSUSE is Leap. */
const opensuse: Naming = (release) => {
  if (!dotted.test(release)) return null;
  return Number.parseInt(release, 10) >= 15 ? `opensuse-leap:${release}` : `opensuse:${release}`;
};

/** Amazon Linux 1 is named by year and month: the last one counts. */
const amazon: Naming = (release) => {
  if (release === '2018.03') return 'amzn:1';
  return /^(?:2|20\d\d)$/.test(release) ? `amzn:${release}` : null;
};

/** The products whose releases are namespaces (core/distro.ts), by their names at endoflife.date. */
const products: Readonly<Record<string, Naming>> = {
  'alpine-linux': under('alpine', dotted),
  debian: under('debian', whole),
  ubuntu: under('ubuntu', dotted),
  rhel: under('rhel', whole),
  almalinux: under('almalinux', whole),
  'rocky-linux': under('rocky', whole),
  'oracle-linux': under('ol', whole),
  fedora: under('fedora', whole),
  'amazon-linux': amazon,
  sles: suse,
  'suse-linux-micro': under('sle-micro', dotted),
  opensuse,
  photon: under('photon', dotted),
};

/** Whose longer support everybody has, from the same place (Debian LTS, https://wiki.debian.org/LTS). */
const openToAll: ReadonlySet<string> = new Set(['debian']);

async function* recordsOf(part: Part): AsyncGenerator<Enrichment | SetAside> {
  const missing = new Set(Object.keys(products));
  for await (const [key, value] of jsonEntries(inflatedPart(part, documentBytes), url, limits)) {
    const product = object(value);
    const name = text(product?.['name'], 100);
    if (key !== limits.list || name === null || !Object.hasOwn(products, name)) continue;
    missing.delete(name);
    for (const release of array(product?.['releases']).slice(0, maxReleases)) yield* releaseRecords(name, release);
  }
  for (const name of missing) yield { record: name, reason: 'endoflife.date does not have this product' };
}

function* releaseRecords(product: string, value: unknown): Generator<Enrichment | SetAside> {
  const release = object(value);
  const name = text(release?.['name'], 100);
  if (release === null || name === null) {
    yield { record: `${product} ${JSON.stringify(value)?.slice(0, 60)}`, reason: 'a release without a name' };
    return;
  }
  const about = products[product]?.(name) ?? null;
  if (about === null) return;
  const latest = object(release['latest']);
  const end = endOf(release, 'isEol', 'eolFrom');
  const extended = endOf(release, 'isEoes', 'eoesFrom');
  const open = openToAll.has(product);
  yield {
    record: about,
    about,
    facts: {
      kind: 'lifecycle',
      endOfLife: open ? (extended ?? end) : end,
      endOfExtendedSupport: open ? null : extended,
      latest: text(latest?.['name'], 100),
    },
  };
}

/** The date, or where it is only said that it is over, the last day on which that was surely not so yet. */
function endOf(release: Readonly<Record<string, unknown>>, over: string, from: string): string | null {
  const said = dateOf(release[from]);
  if (said !== null || release[over] !== true) return said;
  return dateOf(object(release['latest'])?.['date']) ?? dateOf(release['releaseDate']);
}

function dateOf(value: unknown): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(text(value, 40) ?? '')?.[0] ?? null;
}
