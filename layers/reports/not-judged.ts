import { ecosystems, isPackageType } from '#core/ecosystem.ts';
import type { ScanReport } from '#schema/scan-report.ts';

/**
 * What a report leaves open, one sentence each: without it "no findings" would say more than is known. Empty only when
 * everything in the image was read and judged by fresh advisories.
 */
export function notJudged(report: ScanReport): readonly string[] {
  return [...packagesWithoutAdvisories(report), ...feedsWithGaps(report), ...unread(report)];
}

function packagesWithoutAdvisories({ packages, distro, feeds }: ScanReport): readonly string[] {
  if (packages.length === 0) return ['no packages were found in the image'];
  const sentences: string[] = [];
  const ofDistro = packages.filter(({ type }) => isPackageType(type) && ecosystems[type].os).length;
  if (ofDistro > 0 && (distro === null || distro.namespace === null)) {
    const whose = distro === null ? 'the distribution is not known' : `${distro.id} ${distro.versionId ?? ''}`.trim();
    const why = distro === null ? whose : `there are no advisories for ${whose}`;
    sentences.push(`${counted(ofDistro, 'package')} of the distribution: ${why}`);
  }
  if (feeds.length === 0 && sentences.length === 0) sentences.push('no feed was asked');
  return sentences;
}

const gaps: Readonly<Record<ScanReport['feeds'][number]['state'], string | null>> = {
  ok: null,
  stale: 'old advisories',
  failed: 'could not be fetched',
  absent: 'upstream does not have it',
  never: 'never fetched',
};

/** A feed that is there but lacks a part of its upstream says so in a note. */
function feedsWithGaps({ feeds, notes }: ScanReport): readonly string[] {
  return feeds.flatMap(({ group, state, syncedAt }) => {
    const gap = gaps[state];
    if (gap === null) {
      const parts = notes.filter(({ analyzer }) => analyzer === `feed ${group}`);
      return parts.map(({ problem }) => `feed ${group}: ${problem}`);
    }
    return [`feed ${group}: ${gap}${syncedAt === null ? '' : `, judged by those of ${syncedAt.slice(0, 10)}`}`];
  });
}

/** Notes of feeds are told above. */
function unread({ notes }: ScanReport): readonly string[] {
  const others = notes.filter(({ analyzer }) => !analyzer.startsWith('feed '));
  const match = others.filter(({ analyzer }) => analyzer === 'match');
  const rest = others.length - match.length;
  return [
    ...new Set(match.map(({ problem }) => problem)),
    ...(rest === 0 ? [] : [`${counted(rest, 'note')} on what could not be read`]),
  ];
}

/** `1 package`, `2 packages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
