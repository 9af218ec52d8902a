import type { Package } from '#core/package.ts';
import { purlPackage } from '#core/purl-package.ts';
import type { Sql } from '#platform/sql.ts';
import type { Finding } from '#schema/finding.ts';
import { type AffectedPackage, affectedPackages } from './affected-packages.ts';
import { advisoryTexts, type AdvisoryTexts } from './advisory-texts.ts';
import type { Candidate } from './candidate.ts';
import { findingOf } from './finding-of.ts';
import type { Judgement } from './judge.ts';
import { meetsOnly } from './meets-only.ts';
import type { RuleWorld } from './rule.ts';
import { rules } from './rules.ts';

/** A package that any image ever held and that has a vulnerability, with what would be found in an image that holds it. */
export interface VulnerablePackage {
  readonly packageId: number;
  readonly finding: Pick<Finding, 'package' | 'severity' | 'namespace' | 'state'>;
}

/**
 * The packages that have a vulnerability, by any of its ids, as images that hold them would show it; without what needs the
 * whole image (who built a package, who owns its files). Throws as {@link affectedPackages}.
 */
export async function vulnerablePackages(sql: Sql, id: string): Promise<readonly VulnerablePackage[]> {
  const affected = await affectedPackages(sql, id);
  const texts = await advisoryTexts(
    sql,
    affected.map(({ advisoryId }) => advisoryId),
    [],
  );
  return Map.groupBy(affected, ({ packageId }) => packageId)
    .entries()
    .flatMap(([packageId, rows]) => vulnerable(packageId, rows, texts))
    .toArray();
}

function vulnerable(packageId: number, rows: readonly AffectedPackage[], texts: AdvisoryTexts): VulnerablePackage[] {
  const found = packageOf(rows[0]!.purl);
  const records = rows.filter((row) => meetsOnly(found, row)).map((row) => judgementOf(row, texts));
  if (records.length === 0) return [];
  const ids = [...new Set(records.flatMap((record) => [record.id, ...record.aliases]))];
  const candidate: Candidate = { package: found, records, ids, owners: [] };
  const world = { ...silent, known: texts.known };
  if (rules.some((rule) => !rule.asksVerdicts && rule.suppresses(candidate, world) !== null)) return [];
  return [{ packageId, finding: findingOf(candidate, { known: texts.known, heldSince: null }) }];
}

/** What the purl tells of it. */
function packageOf(purl: string): Package {
  const { type, name, version } = purlPackage(purl) ?? { type: 'binary', name: purl, version: '' };
  const arch = /[?&]arch=([^&#]+)/.exec(purl)?.[1] ?? null;
  return {
    ...{ type, name, version, purl, arch, source: null, origin: null, paths: [], layer: null },
    ...{ licenses: [], vendor: null, size: null, files: [] },
  };
}

function judgementOf({ advisoryId, reason, ...row }: AffectedPackage, { text }: AdvisoryTexts): Judgement {
  const judgement = reason === null ? 'affected' : 'undecidable';
  return { ...text(advisoryId), ...row, judgement, reason, validFrom: 0, validAt: 0 };
}

/** Knows one package, and nothing of an image. */
const silent: Omit<RuleWorld, 'known'> = {
  ownVerdict: () => null,
  ownerVerdict: () => null,
  ownerNamespace: () => null,
  tellsAll: () => false,
  twin: () => null,
};
