import type { ArchivedImage, ArchivedTag } from '#archive/archived-image.ts';
import type { ArchiveRule } from '#archive/archive-rule.ts';
import { archivedTags, archiveSummary, listArchived, listPage } from '#archive/archive-store.ts';
import { ruleSummary } from '#archive/rule-store.ts';
import { isoSeconds } from './image-record.ts';
import type { ApiWorld } from './route.ts';

type World = Pick<ApiWorld, 'sql'>;

/** How much is archived, and by how many rules. */
export async function summaryRecord(world: World, account: string) {
  const { images, tags, bytes, updatedAt } = await archiveSummary(world, account);
  const rules = await ruleSummary(world, account);
  const shown = (time: number | null) => (time === null ? null : isoSeconds(time));
  return {
    images: {
      total_image_count: images,
      total_tag_count: tags,
      total_data_bytes: bytes,
      last_updated: shown(updatedAt),
    },
    rules: { count: rules.count, last_updated: shown(rules.updatedAt) },
  };
}

/** Everything that an account has archived as the API shows it, newest first, read as it is written. */
export async function* archivedRecords(world: World, account: string) {
  for (let before = Number.MAX_SAFE_INTEGER, full = true; full; ) {
    const page = await listArchived(world, account, before);
    const tags = await archivedTags(world, page);
    for (const image of page) yield archivedRecord(image, tags.get(image.archiveNo) ?? []);
    before = page.at(-1)?.archiveNo ?? 0;
    full = page.length === listPage;
  }
}

/** An archived image as the API shows it. */
export function archivedRecord(image: ArchivedImage, tags: readonly ArchivedTag[]) {
  const times = { created_at: isoSeconds(image.createdAt), last_updated: isoSeconds(image.updatedAt) };
  return {
    imageDigest: image.digest,
    parentDigest: image.parentDigest,
    annotations: image.annotations,
    status: image.status,
    analyzed_at: isoSeconds(image.analyzedAt),
    archive_size_bytes: image.size ?? 0,
    image_detail: tags.map(({ registry, repository, tag, detectedAt }) => ({
      pullstring: `${registry}/${repository}:${tag}`,
      registry,
      repository,
      tag,
      detected_at: isoSeconds(detectedAt),
      ...times,
    })),
    ...times,
  };
}

/** A rule as the API shows it: clients read every key. */
export function ruleRecord(rule: ArchiveRule) {
  const { registry, repository, tag } = rule.exclude;
  return {
    rule_id: rule.ruleId,
    selector: rule.selector,
    exclude: { selector: { registry, repository, tag }, expiration_days: rule.excludeDays },
    analysis_age_days: rule.ageDays,
    tag_versions_newer: rule.versionsNewer,
    transition: rule.transition,
    system_global: rule.systemGlobal,
    max_images_per_account: rule.maxImages,
    created_at: isoSeconds(rule.createdAt),
    last_updated: isoSeconds(rule.updatedAt),
  };
}
