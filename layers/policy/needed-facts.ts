import type { ComposedFile } from '#analysis/compose.ts';
import { type FileCheck, listFileChecks } from '#analysis/list-file-checks.ts';
import { listFiles } from '#analysis/list-files.ts';
import type { Limits } from '#core/limits.ts';
import type { Platform } from '#platform/platform.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { PolicyBundle } from '#schema/policy-bundle.ts';
import { policyIdsOfMapping } from './bundle.ts';
import type { Facts, NeededFact } from './gate.ts';
import { resolveRule } from './rule.ts';

type World = Pick<Platform, 'blobs'> & { readonly limits: Limits };

/** What the rules of a bundle ask for beside the facts that every verdict has; those of policies that no mapping names ask for nothing. */
export function neededBy(bundle: PolicyBundle): ReadonlySet<NeededFact> {
  const used = new Set(bundle.mappings.flatMap(policyIdsOfMapping));
  const rules = bundle.policies.filter(({ id }) => used.has(id)).flatMap((policy) => policy.rules ?? []);
  return new Set(
    rules.flatMap((rule) => {
      const resolved = resolveRule(rule);
      return resolved.kind === 'rule' ? (resolved.trigger.needs ?? []) : [];
    }),
  );
}

/**
 * Reads these facts of an analyzed image from its layer reports, once for the same report in hand, which is evaluated under each of its
 * tags. One that was imported has none. Throws what {@link listFiles} and {@link listFileChecks} throw.
 */
export async function readNeeded(
  world: World,
  report: ImageReport,
  needs: ReadonlySet<NeededFact>,
): Promise<Pick<Facts, 'files' | 'fileChecks'>> {
  const known = read.get(report);
  // Its report has a note that says so.
  if (report.imported === true)
    return { files: needs.has('files') ? new Map() : null, fileChecks: needs.has('fileChecks') ? [] : null };
  const facts = {
    files: needs.has('files') ? (known?.files ?? (await filesOf(world, report))) : null,
    fileChecks: needs.has('fileChecks') ? (known?.fileChecks ?? (await checksOf(world, report))) : null,
  };
  read.set(report, facts);
  return facts;
}

const read = new WeakMap<ImageReport, Pick<Facts, 'files' | 'fileChecks'>>();

async function filesOf(world: World, report: ImageReport): Promise<ReadonlyMap<string, ComposedFile>> {
  const files = new Map<string, ComposedFile>();
  for await (const file of listFiles(world, report, world.limits)) files.set(`/${file.path}`, file);
  return files;
}

async function checksOf(world: World, report: ImageReport): Promise<readonly FileCheck[]> {
  const checks: FileCheck[] = [];
  for await (const check of listFileChecks(world, report, world.limits)) checks.push(check);
  return checks;
}
