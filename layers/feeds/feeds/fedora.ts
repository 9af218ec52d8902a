import { Fault } from '#core/fault.ts';
import type { Advisory, SetAside } from '../advisory.ts';
import type { Feed, FeedWorld } from '../feed.ts';
import { type BodhiPage, bodhiPage, bodhiReleases } from '../fedora/bodhi.ts';
import { bodhiUpdate } from '../fedora/bodhi-update.ts';
import { object, text } from '../json-fields.ts';

const day = 24 * 3_600_000;

/** Updates that were changed after they were pushed are met by reading everything again so often. */
const wholeEach = 30 * day;

/** `fedora:42`, `epel:9`: what Fedora builds for Enterprise Linux beside it. */
const form = /^(fedora|epel):(\d{1,3})$/;

/**
 * Fedora's security updates (https://bodhi.fedoraproject.org), those that reached everybody: fixes only. One group a release; what
 * was pushed since the last sync is asked for, in pages that Bodhi takes seconds to write.
 */
export const fedora: Feed = {
  name: 'fedora',
  version: 1,
  knownGroups: ['fedora:41', 'fedora:42', 'fedora:43', 'epel:8', 'epel:9', 'epel:10'],
  groupsFor: (namespace) => (form.test(namespace) ? [namespace] : []),
  demand: 'tell',
  async fetch(world, group, mark) {
    const [, kind, version] = form.exec(group) ?? [];
    if (version === undefined)
      throw new Fault('input/invalid', `'${group}' is no group of the feed fedora; they are called fedora:42, epel:9`);
    const releases = await bodhiReleases(world, kind === 'epel' ? 'FEDORA-EPEL' : 'FEDORA', version);
    if (releases.length === 0) return { kind: 'absent', reason: `Bodhi has no release for ${group}` };
    const now = world.clock.now();
    const whole = mark?.['since'] === undefined || !(now - Date.parse(mark['whole'] ?? '') < wholeEach);
    const question = {
      releases: releases.join(','),
      type: 'security',
      status: 'stable',
      ...(whole ? {} : { pushed_since: mark['since'] ?? '' }),
    };
    const first = await bodhiPage(world, 'updates', question, 1);
    if (first === null) return { kind: 'absent', reason: `Bodhi has no updates for ${group}` };
    if (!whole && first.total === 0) return { kind: 'unchanged' };
    return {
      kind: 'changed',
      // Days overlap, since what is pushed meanwhile may not stand in the pages.
      mark: { since: dayOf(now - day), whole: whole ? new Date(now).toISOString() : (mark['whole'] ?? '') },
      missing: [],
      complete: whole,
      records: () => recordsOf(world, group, question, first),
    };
  },
};

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Pages move while they are read: an update may come twice, and one that is missed would be taken for gone. */
async function* recordsOf(
  world: FeedWorld,
  namespace: string,
  question: Readonly<Record<string, string>>,
  first: BodhiPage,
): AsyncGenerator<Advisory | SetAside> {
  const seen = new Set<string>();
  let count = 0;
  for (let page = 1; page <= first.pages; page++) {
    const found = page === 1 ? first : await bodhiPage(world, 'updates', question, page);
    for (const item of found?.items ?? []) {
      const update = object(item);
      const id = text(update?.['alias'], 90) ?? `${page} ${count}`;
      if (seen.has(id)) continue;
      seen.add(id);
      count++;
      yield update === null ? { record: `update ${id}`, reason: 'it is no object' } : bodhiUpdate(update, namespace);
    }
  }
  if (count < first.total) {
    throw new Fault(
      'feed/failed',
      `reading the updates of ${namespace}: ${count} of ${first.total} came; try again later`,
    );
  }
}
