import { Fault } from '#core/fault.ts';
import type { Advisory, SetAside } from '../advisory.ts';
import {
  type AmazonRepository,
  amazonReleases,
  amazonRepositories,
  updatesPart,
} from '../amazon/amazon-repositories.ts';
import type { Feed, FeedWorld, Mark } from '../feed.ts';
import { inflatedPart } from '../inflated-part.ts';

/** Inflated; that of Amazon Linux 2's core has some 150 MB. */
const updatesBytes = 4 * 1024 ** 3;

/**
 * Amazon Linux's updates (https://alas.aws.amazon.com) as its repositories carry them: updateinfo.xml, of fixes only. One group a
 * release: the core, and for Amazon Linux 2 each topic of the extras. Whether anything changed is told by the checksums in
 * each repository's index.
 */
export const amazon: Feed = {
  name: 'amazon',
  version: 1,
  knownGroups: amazonReleases.map((release) => `amazon:${release}`),
  groupsFor(namespace) {
    const release = /^amzn:(.+)$/.exec(namespace)?.[1] ?? '';
    return amazonReleases.includes(release) ? [`amazon:${release}`] : [];
  },
  async fetch(world, group, mark) {
    const release = /^amazon:(.+)$/.exec(group)?.[1] ?? '';
    if (!amazonReleases.includes(release)) {
      const known = amazonReleases.map((one) => `amazon:${one}`).join(', ');
      throw new Fault('input/invalid', `'${group}' is no group of the feed amazon; there are ${known}`);
    }
    const { repositories, missing } = await amazonRepositories(world, release);
    if (repositories.length === 0)
      return { kind: 'absent', reason: `Amazon Linux ${release} has no repository with updates` };
    const now = markOf(repositories);
    if (mark !== null && isSame(mark, now)) return { kind: 'unchanged' };
    return { kind: 'changed', mark: now, missing, records: () => recordsOf(world, release, repositories) };
  },
};

function markOf(repositories: readonly AmazonRepository[]): Mark {
  return Object.fromEntries(repositories.map(({ name, checksum }) => [name, checksum]));
}

function isSame(before: Mark, now: Mark): boolean {
  const names = Object.keys(now);
  return names.length === Object.keys(before).length && names.every((name) => before[name] === now[name]);
}

async function* recordsOf(
  world: FeedWorld,
  release: string,
  repositories: readonly AmazonRepository[],
): AsyncGenerator<Advisory | SetAside> {
  const { xmlElements } = await import('../xml-elements.ts');
  const { amazonUpdate } = await import('../amazon/amazon-update.ts');
  for (const repository of repositories) {
    const part = await updatesPart(world, repository);
    const updates = xmlElements(inflatedPart(part, updatesBytes), repository.url, { root: 'updates', level: 1 });
    for await (const update of updates) yield* amazonUpdate(update, release, repository);
  }
}
