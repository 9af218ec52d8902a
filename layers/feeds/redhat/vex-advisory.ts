import { type Severity, severityRank } from '#core/severity.ts';
import type { Advisory, AffectedRange, SetAside } from '../advisory.ts';
import { fixedLines, highestVersion } from './fixed-lines.ts';
import type { Erratum, Statement, VexDocument } from './vex-document.ts';

/**
 * The advisory of a document: what its statements say of the packages of each release (`rhel:8`), by source rpms (`NAME.src`)
 * where they are told, by binary packages else. Nothing where they say nothing that a package could have.
 *
 * The mend of everybody's stream decides, else that of the extended life cycle, and where nothing is said of everybody's stream, the
 * highest of the others; builds of other minor releases that are mended are not affected ({@link fixedLines}). So an image is
 * judged rightly by the builds that it has, and nobody needs to know which subscription they came with.
 */
export function* vexAdvisory(document: VexDocument): Generator<Advisory | SetAside> {
  const { id, unread } = document;
  if (unread !== null) {
    yield { record: id, reason: `in part: products that cannot be told: ${unread.count}, ${unread.reason}` };
  }
  const sources = sourcesOf(document.statements);
  const packages = packagesOf(document.statements, sources);
  const affected = [...packages.values()].flatMap((one) => rangesOf(one, sources));
  if (affected.length === 0) return;
  const severity = document.severity === 'Unknown' ? highestOf(affected) : document.severity;
  const errata = errataOf(document.statements);
  yield {
    record: id,
    id,
    aliases: [],
    related: errata.map((erratum) => erratum.id).slice(0, 200),
    severity,
    severitySource: severity === 'Unknown' ? null : 'redhat',
    ...(document.cvss.length > 0 ? { cvss: document.cvss } : {}),
    title: document.title?.replace(/\s+/g, ' ').slice(0, 300) ?? null,
    urls: [`https://access.redhat.com/security/cve/${id}`, ...errata.map(({ url }) => url)].slice(0, 10),
    published: document.published,
    affected: affected.map((range) => withoutUsual(range, severity)),
  };
}

/** Where source rpms are told: under each erratum, there with their builds, and as affected at all. */
interface Sources {
  readonly told: ReadonlySet<string>;
  readonly builds: ReadonlySet<string>;
  readonly affected: ReadonlySet<string>;
}

function sourcesOf(statements: readonly Statement[]): Sources {
  const sources = statements.filter(({ build, status }) => build.source === true && status !== 'not-affected');
  return {
    told: new Set(sources.map(placeOf)),
    builds: new Set(sources.map(buildPlaceOf)),
    affected: new Set(sources.map(releaseOf)),
  };
}

function buildPlaceOf(statement: Statement): string {
  return `${placeOf(statement)} ${statement.build.evr}`;
}

/** What is told together: an erratum of a release, what has none of a release; each module by itself. */
function placeOf(statement: Statement): string {
  return `${releaseOf(statement)} ${statement.erratum?.id ?? ''}`;
}

function releaseOf({ stream, build }: Statement): string {
  return `${stream.major} ${/^.*\//.exec(build.name)?.[0] ?? ''}`;
}

/** What is said of one package in one release. */
interface Package {
  readonly namespace: string;
  readonly name: string;
  readonly fixed: Statement[];
  readonly open: Statement[];
  /** Of everybody's stream. */
  readonly spared: Statement[];
}

function packagesOf(statements: readonly Statement[], sources: Sources): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  for (const statement of statements) {
    const namespace = `rhel:${statement.stream.major}`;
    for (const name of namesOf(statement, sources)) {
      const key = `${namespace} ${name}`;
      const found = packages.get(key) ?? { namespace, name, fixed: [], open: [], spared: [] };
      packages.set(key, found);
      const { status } = statement;
      found[status === 'fixed' ? 'fixed' : status === 'affected' ? 'open' : 'spared'].push(statement);
    }
  }
  return packages;
}

/**
 * The names under which a statement is kept. Source rpms say it for all that is built of them: binary packages that are told to be
 * affected beside them are left out. So is what was never affected in one stream or in one build.
 */
function namesOf(statement: Statement, { told, builds }: Sources): readonly string[] {
  const { name, source, evr } = statement.build;
  if (statement.status === 'not-affected') {
    return evr === null && statement.stream.channel === null ? [source === true ? `${name}.src` : name] : [];
  }
  if (source === true) return [`${name}.src`];
  if (source === null) return builds.has(buildPlaceOf(statement)) ? [] : [`${name}.src`, name];
  return told.has(placeOf(statement)) ? [] : [name];
}

function rangesOf({ namespace, name, fixed, open, spared }: Package, sources: Sources): readonly AffectedRange[] {
  const base = { namespace, name, introduced: null, lastAffected: null } as const;
  const everybodys = open.filter(({ stream }) => stream.channel === null);
  const mend = decisive(fixed, everybodys.length > 0);
  const evrs = fixed.flatMap(({ build }) => build.evr ?? []);
  const lines = fixedLines(evrs, mend?.build.evr ?? null).map(
    ({ first, end }): AffectedRange => ({
      ...base,
      introduced: first,
      fixed: end,
      state: 'unknown',
      verdict: 'not-affected',
    }),
  );
  if (mend !== null) {
    const { build, stream, erratum, severity } = mend;
    return [
      {
        ...base,
        fixed: build.evr,
        state: 'fixed',
        severity,
        ...(stream.channel === null ? {} : { channel: stream.channel }),
        ...(erratum?.date == null ? {} : { fixedAt: erratum.date }),
      },
      ...lines,
    ];
  }
  const [unfixed] = everybodys.length > 0 ? everybodys : spared.length > 0 ? [] : open;
  if (unfixed !== undefined) {
    return [{ ...base, fixed: null, state: unfixed.state, severity: unfixed.severity }, ...lines];
  }
  // That something is not affected is the bulk of all statements, and only contradicts where its source is affected.
  const contradicts = spared.some((one) => one.build.source === false && sources.affected.has(releaseOf(one)));
  return contradicts ? [{ ...base, fixed: null, state: 'unknown', verdict: 'not-affected' }] : [];
}

/** The statement of the mend that decides; null where everybody's stream has none, though it is affected. */
function decisive(fixed: readonly Statement[], isOpen: boolean): Statement | null {
  for (const channels of [[null], ['els'], isOpen ? [] : [...new Set(fixed.map(({ stream }) => stream.channel))]]) {
    const among = fixed.filter(({ stream }) => channels.includes(stream.channel));
    const highest = highestVersion(among.flatMap(({ build }) => build.evr ?? []));
    const mend = among.find(({ build }) => build.evr === highest);
    if (highest !== null && mend !== undefined) return mend;
  }
  return null;
}

function highestOf(ranges: readonly AffectedRange[]): Severity {
  return ranges.reduce<Severity>((highest, { severity = 'Unknown' }) => {
    return severityRank(severity) > severityRank(highest) ? severity : highest;
  }, 'Unknown');
}

function errataOf(statements: readonly Statement[]): readonly Erratum[] {
  const errata = new Map(
    statements.flatMap(({ erratum }) => (erratum === null ? [] : [[erratum.id, erratum] as const])),
  );
  return [...errata.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A rating that is the record's own, or that nobody gave, is left out. */
function withoutUsual({ severity, ...range }: AffectedRange, usual: Severity): AffectedRange {
  return severity === undefined || severity === 'Unknown' || severity === usual ? range : { ...range, severity };
}
