import { Fault } from '#core/fault.ts';
import { type Severity, severityOfWord, severityRank } from '#core/severity.ts';
import type { FixState } from '#schema/finding.ts';
import type { Cvss } from '../advisory.ts';
import { cvssOf } from '../cvss-vector.ts';
import { jsonEntries } from '../json-entries.ts';
import { array, type Json, object, text } from '../json-fields.ts';
import { type RhelStream, rhelStream } from './rhel-stream.ts';
import { type RpmBuild, rpmBuild } from './rpm-build.ts';

/** What a document says of the rpms of Red Hat Enterprise Linux. */
export interface VexDocument {
  readonly id: string;
  readonly title: string | null;
  /** ISO 8601. */
  readonly published: string | null;
  readonly severity: Severity;
  readonly cvss: readonly Cvss[];
  readonly statements: readonly Statement[];
  /** Products of the operating system that cannot be told, and why the first of them cannot. */
  readonly unread: { readonly count: number; readonly reason: string } | null;
}

/** One rpm of one stream. */
export interface Statement {
  readonly stream: RhelStream;
  readonly build: RpmBuild;
  readonly status: 'fixed' | 'affected' | 'not-affected';
  /** Why there is no fix where it is affected. */
  readonly state: FixState;
  readonly severity: Severity;
  readonly erratum: Erratum | null;
}

export interface Erratum {
  /** `RHSA-2024:6163`. */
  readonly id: string;
  readonly url: string;
  /** ISO 8601 date. */
  readonly date: string | null;
}

/**
 * A CSAF document of the profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html), one for each CVE: null for one
 * that was withdrawn or never speaks of Red Hat Enterprise Linux, a text where it is no such document. `what` names it in errors.
 *
 * The largest have 60 MB, nearly all of them lists of products: of those, members are parsed one after the other, and only
 * what concerns the operating system is kept. Throws where it is no JSON.
 */
export async function vexDocument(bytes: Buffer, what: string): Promise<VexDocument | string | null> {
  // Half of all documents are about other products: those need not be parsed.
  if (!marks.some((mark) => bytes.includes(mark))) return null;
  let document: Json | null = null;
  let products: Products | null = null;
  let vulnerabilities: readonly unknown[] = [];
  for await (const [key, value] of membersOf(bytes, what)) {
    if (key === 'document') document = object(value);
    if (key === 'product_tree') products = productsOf(object(value));
    if (key === 'vulnerabilities') vulnerabilities = array(value);
  }
  const tracking = object(document?.['tracking']);
  const id = text(tracking?.['id'], 30);
  if (id === null || !/^CVE-\d{4}-\d{4,12}$/.test(id)) return 'it is no document of a CVE';
  if (tracking?.['status'] === 'deleted' || products === null) return null;
  const own = vulnerabilities.map(object).find((one) => one?.['cve'] === id);
  if (own == null) return `it says nothing of ${id}`;
  const statements = statementsOf(own, products);
  return {
    id,
    title: text(own['title'], 5000) ?? text(document?.['title'], 5000),
    published: dateOf(own['release_date'] ?? own['discovery_date'] ?? tracking?.['initial_release_date']),
    severity: severityOfWord(text(object(document?.['aggregate_severity'])?.['text'], 50) ?? ''),
    cvss: cvssOfScores(own, products),
    statements,
    unread: products.unread,
  };
}

const marks = ['redhat:enterprise_linux', 'redhat:rhel'].map((mark) => Buffer.from(mark));

const limits = { entryBytes: 96 * 1024 ** 2, keyBytes: 1024, depth: 64 };

/** A document of this size is parsed at once, in half the time. */
const smallBytes = 8 * 1024 ** 2;

async function* membersOf(bytes: Buffer, what: string): AsyncGenerator<readonly [string, unknown]> {
  if (bytes.length > smallBytes) yield* jsonEntries(once(bytes), what, limits);
  else yield* Object.entries(parsed(bytes, what) ?? {});
}

function parsed(bytes: Buffer, what: string): Json | null {
  try {
    return object(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new Fault('feed/failed', `reading ${what}: it is not JSON`, { cause });
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Products of the operating system's streams, by the ids under which statuses name them. */
interface Products {
  readonly byId: ReadonlyMap<string, { readonly stream: RhelStream; readonly build: RpmBuild }>;
  readonly unread: { readonly count: number; readonly reason: string } | null;
}

function productsOf(tree: Json | null): Products {
  const streams = new Map<string, RhelStream>();
  const purls = new Map<string, string>();
  for (const product of leaves(tree)) {
    const id = product['product_id'];
    const helper = object(product['product_identification_helper']);
    if (typeof id !== 'string' || helper === null) continue;
    const stream = typeof helper['cpe'] === 'string' ? rhelStream(helper['cpe']) : null;
    if (stream !== null) streams.set(id, stream);
    if (typeof helper['purl'] === 'string') purls.set(id, helper['purl']);
  }
  const byId = new Map<string, { readonly stream: RhelStream; readonly build: RpmBuild }>();
  const builds = new Map<string, RpmBuild | string | null>();
  let count = 0;
  let reason = '';
  for (const relationship of array(tree?.['relationships']).map(object)) {
    const id = object(relationship?.['full_product_name'])?.['product_id'];
    const component = relationship?.['product_reference'];
    const stream = streams.get(String(relationship?.['relates_to_product_reference']));
    if (stream === undefined || typeof id !== 'string' || typeof component !== 'string') continue;
    let build = builds.get(component);
    if (build === undefined) {
      build = rpmBuild(component, purls.get(component) ?? null);
      builds.set(component, build);
      if (typeof build === 'string' && count++ === 0) reason = build;
    }
    if (typeof build === 'object' && build !== null) byId.set(id, { stream, build });
  }
  return { byId, unread: count === 0 ? null : { count, reason } };
}

/** The products of a tree: branches of branches, no deeper than what is parsed. */
function* leaves(branch: Json | null): Generator<Json> {
  const product = object(branch?.['product']);
  if (product !== null) yield product;
  for (const inner of array(branch?.['branches'])) yield* leaves(object(inner));
}

function statementsOf(vulnerability: Json, { byId }: Products): readonly Statement[] {
  const states = statesOf(vulnerability);
  const errata = errataOf(vulnerability);
  const severities = severitiesOf(vulnerability);
  const status = object(vulnerability['product_status']);
  const all = (name: string, said: Statement['status']) =>
    array(status?.[name]).flatMap((id): Statement[] => {
      const product = typeof id === 'string' ? byId.get(id) : undefined;
      if (typeof id !== 'string' || product === undefined) return [];
      const state = name === 'under_investigation' ? name : (states.get(id) ?? 'not-fixed');
      return [
        {
          ...product,
          status: said,
          state: state === 'under_investigation' ? 'under-investigation' : state,
          severity: severities.get(id) ?? 'Unknown',
          erratum: said === 'fixed' ? (errata.get(id) ?? null) : null,
        },
      ];
    });
  return [
    ...all('fixed', 'fixed'),
    ...all('known_affected', 'affected'),
    ...all('under_investigation', 'affected'),
    ...all('known_not_affected', 'not-affected'),
  ];
}

/** By category and details of remediations (https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/). */
function statesOf(vulnerability: Json): ReadonlyMap<string, FixState> {
  const states = new Map<string, FixState>();
  for (const { category, details, ids } of remediationsOf(vulnerability)) {
    const state = stateOf(category, details);
    if (state !== null) for (const id of ids) states.set(id, state);
  }
  return states;
}

function stateOf(category: unknown, details: unknown): FixState | null {
  if (category === 'none_available') return details === 'Fix deferred' ? 'deferred' : 'not-fixed';
  if (category === 'no_fix_planned') return details === 'Out of support scope' ? 'end-of-life' : 'wont-fix';
  return null;
}

/** The first mend of each product. */
function errataOf(vulnerability: Json): ReadonlyMap<string, Erratum> {
  const errata = new Map<string, Erratum>();
  for (const { category, url, date, ids } of remediationsOf(vulnerability)) {
    const id = /\/errata\/(RH[SBE]A-\d{4}:\d{3,6})$/.exec(category === 'vendor_fix' ? url : '')?.[1];
    if (id === undefined) continue;
    const erratum = { id, url, date: dateOf(date)?.slice(0, 10) ?? null };
    for (const product of ids) if (!errata.has(product)) errata.set(product, erratum);
  }
  return errata;
}

function remediationsOf(vulnerability: Json) {
  return array(vulnerability['remediations']).flatMap((one) => {
    const { category, details, url, date, product_ids: ids } = object(one) ?? {};
    return [{ category, details, url: text(url, 500) ?? '', date, ids: texts(ids) }];
  });
}

function severitiesOf(vulnerability: Json): ReadonlyMap<string, Severity> {
  const severities = new Map<string, Severity>();
  for (const threat of array(vulnerability['threats']).map(object)) {
    if (threat?.['category'] !== 'impact') continue;
    const severity = severityOfWord(text(threat['details'], 50) ?? '');
    for (const id of texts(threat['product_ids'])) {
      if (severityRank(severity) > severityRank(severities.get(id) ?? 'Unknown')) severities.set(id, severity);
    }
  }
  return severities;
}

/** The scores that are given to the operating system. */
function cvssOfScores(vulnerability: Json, { byId }: Products): readonly Cvss[] {
  const vectors = array(vulnerability['scores']).flatMap((one) => {
    const score = object(one);
    if (!texts(score?.['products']).some((id) => byId.has(id))) return [];
    return ['cvss_v4', 'cvss_v3', 'cvss_v2'].flatMap((version) => {
      const vector = text(object(score?.[version])?.['vectorString'], 300);
      return vector === null ? [] : (cvssOf(vector, 'redhat') ?? []);
    });
  });
  return [...new Map(vectors.map((one) => [one.vector, one])).values()].slice(0, 10);
}

function texts(value: unknown): readonly string[] {
  return array(value).filter((one) => typeof one === 'string');
}

function dateOf(value: unknown): string | null {
  const date = text(value, 40);
  return date !== null && /^\d{4}-\d\d-\d\d(?:T|$)/.test(date) ? date : null;
}
