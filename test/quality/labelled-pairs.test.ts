import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ecosystems } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import type { AffectedRange, Enrichment } from '#feeds/advisory.ts';
import { groupsOf } from '#feeds/feed-group.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { reportFindings } from '#matching/judge-report.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding } from '#schema/finding.ts';
import { inRollback } from '#test/support/database.ts';
import { advisory, fakeFeed, syncWorld } from '#test/support/fake-feed.ts';
import { somePackage, someReport } from '#test/support/reports.ts';
import { comparators } from '#versions/comparators.ts';

/**
 * Packages and vulnerabilities of which somebody knows whether the one has the other: from advisories, by hand. The score of each file may
 * not fall below its mark. CVE-2099 and PYSEC-2099 are made up, where a class of mistakes had no handy advisory.
 */
interface Labelled {
  /** os-release's ID and VERSION_ID. */
  readonly distro?: readonly [string, string];
  /** Namespaces of which every feed is there. */
  readonly loaded?: readonly string[];
  readonly packages: Readonly<
    Record<string, Pick<Package, 'type' | 'name' | 'version'> & Partial<Package> & { readonly ownedBy?: string }>
  >;
  readonly advisories: readonly (Partial<AffectedRange> & {
    readonly id: string;
    readonly record?: string;
    readonly aliases?: readonly string[];
    readonly related?: readonly string[];
  })[];
  readonly enrichments?: readonly Omit<Enrichment, 'record'>[];
  readonly pairs: readonly Pair[];
}

interface Pair {
  readonly package: string;
  readonly vulnerability: string;
  readonly affected: boolean;
  readonly why: string;
  /** The class of false positives that it belongs to: names and versions alone would find it. */
  readonly beats?: string;
}

/** Precision and recall that each file has reached. */
const marks: Readonly<Record<string, readonly [precision: number, recall: number]>> = {};

const folder = join(import.meta.dirname, 'pairs');
const files = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));

for (const name of files)
  test(`labelled pairs of ${name} are told as they were`, async (t) => {
    const labelled: Labelled = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const packages = packagesOf(labelled);
    await inRollback(async (sql) => {
      await load(sql, labelled);
      using world = syncWorld(sql);
      const [id, versionId] = labelled.distro ?? [];
      const distro = id === undefined ? null : { id, versionId: versionId!, codename: null, name: null, idLike: [] };
      const { findings } = await reportFindings(world, someReport([...packages.values()], { distro }));
      const said = labelled.pairs.map((pair) => ({
        pair,
        found: isFound(findings, packages.get(pair.package)!, pair),
      }));
      const hits = said.filter(({ pair, found }) => pair.affected && found).length;
      const wrong = said.filter(({ pair, found }) => !pair.affected && found);
      const missed = said.filter(({ pair, found }) => pair.affected && !found);
      for (const { pair } of wrong) t.diagnostic(`false positive: ${told(pair)}`);
      for (const { pair } of missed) t.diagnostic(`false negative: ${told(pair)}`);
      const precision = hits / (hits + wrong.length);
      const recall = hits / (hits + missed.length);
      t.diagnostic(`${name}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${said.length} pairs`);
      const [leastPrecision, leastRecall] = marks[name] ?? [1, 1];
      assert.ok(
        precision >= leastPrecision,
        `precision ${precision}: ${wrong.map(({ pair }) => told(pair)).join('; ')}`,
      );
      assert.ok(recall >= leastRecall, `recall ${recall}: ${missed.map(({ pair }) => told(pair)).join('; ')}`);
    });
    for (const pair of labelled.pairs) {
      if (pair.beats === undefined) continue;
      assert.ok(
        isFoundNaively(labelled, packages.get(pair.package)!, pair),
        `names and versions alone find ${told(pair)}`,
      );
    }
  });

test('every class of false positives that can be told from packages and advisories has a pair', () => {
  const beaten = new Set(
    files.flatMap((name) => {
      const { pairs }: Labelled = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      return pairs.flatMap(({ beats }) => beats ?? []);
    }),
  );
  assert.deepEqual([...beaten].sort(), [
    'architecture',
    'kernel headers',
    'missing epoch',
    'modular streams',
    'name clash',
    'not affected',
    'other vendors',
    'owned by the distribution',
    'rejected',
    'unreleased main modules',
    'wrong distribution',
  ]);
});

const told = (pair: Pair) => `${pair.package} ${pair.vulnerability} (${pair.why})`;

function packagesOf(labelled: Labelled): ReadonlyMap<string, Package> {
  const packages = new Map<string, Package>();
  for (const [key, { ownedBy, ...found }] of Object.entries(labelled.packages)) {
    const purl = `pkg:${ecosystems[found.type].purl}/${key}@${found.version}`;
    const owner = ownedBy === undefined ? undefined : packages.get(ownedBy);
    const owners = owner === undefined ? {} : { owners: found.paths!.map((path) => ({ path, purl: owner.purl })) };
    packages.set(key, somePackage({ purl, ...found, ...owners }));
  }
  return packages;
}

async function load(sql: Sql, { advisories, enrichments = [], loaded = [] }: Labelled): Promise<void> {
  using world = syncWorld(sql);
  const records = advisories.map(({ id, record, aliases = [], related = [], ...range }) =>
    advisory(id, [range], {
      record: record ?? `${id} ${range.namespace}`,
      aliases,
      related,
      severity: range.severity ?? 'Unknown',
    }),
  );
  const known = enrichments.map((one) => ({ ...one, record: one.about }));
  await syncGroup(world, fakeFeed('quality', records), 'quality', { force: true });
  if (known.length > 0) {
    const feed = fakeFeed('known', []);
    const fetch = async () => ({
      ...{ kind: 'changed' as const, mark: {}, missing: [] },
      records: async function* () {
        yield* known;
      },
    });
    await syncGroup(world, { ...feed, fetch }, 'known', { force: true });
  }
  for (const { feed, group } of loaded.flatMap(groupsOf))
    await sql.query(
      `insert into feed_group (feed, feed_group, feed_version, synced_at, checked_at, state)
       values (:feed::text, :group::text, 1, 0, 0, 'ok') on conflict do nothing`,
      { feed: feed.name, group },
    );
}

function isFound(findings: readonly Finding[], found: Package, { vulnerability }: Pair): boolean {
  return findings.some(
    ({ id, aliases, related, package: { purl } }) =>
      purl === found.purl && [id, ...aliases, ...related].includes(vulnerability),
  );
}

/** By name of the package, its source or its product, and by version: what the rules of matching are measured against. */
function isFoundNaively({ advisories }: Labelled, found: Package, { vulnerability }: Pair): boolean {
  const { compare } = comparators[ecosystems[found.type].scheme];
  const below = (a: string, b: string) => Number(compare(a, b)) < 0;
  return advisories.some(({ id, aliases = [], name = '', introduced = null, fixed = null, verdict }) => {
    if (verdict === 'not-affected' || ![id, ...aliases].includes(vulnerability)) return false;
    const bare = name.replace(/^.*[/:](?=[^/:]+$)/, '').replace(/\.src$/, '');
    const versions = [
      ...(bare === found.name || name === found.name ? [found.version] : []),
      ...(bare === found.origin?.name ? [found.origin.version] : []),
    ];
    return versions.some(
      (at) => (introduced === null || !below(at, introduced)) && (fixed === null || below(at, fixed)),
    );
  });
}
