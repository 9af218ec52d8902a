import { tagSummaries } from '#catalog/tag-summary-store.ts';
import { describedVulnerabilities } from '#matching/described-vulnerabilities.ts';
import { imagesHolding, packagesNamed } from '#matching/images-holding.ts';
import { judge } from '#matching/judge.ts';
import { packageSets } from '#matching/package-set.ts';
import { vulnerablePackages } from '#matching/vulnerable-packages.ts';
import type { Sql } from '#platform/sql.ts';
import type { Fleet } from './fleet.ts';
import type { Tell } from './full-load.ts';
import { account } from './ingest.ts';
import { latencies, timed } from './measured.ts';

const asked = 100;
const page = { after: 0, limit: 50 };

/**
 * First pages of the images that have a vulnerability, and of those that hold a package, asked for as often as they are met in images; what is
 * said of these vulnerabilities; and every image under its tags.
 */
export async function timeQuestions(sql: Sql, fleet: Fleet, images: number, tell: Tell): Promise<void> {
  const ids = await idsOf(sql, fleet, images);
  await time(tell, 'images by vulnerability', ids, async (id) =>
    (await vulnerablePackages(sql, id)).map((one) => one.packageId),
  );
  const names = Array.from({ length: asked }, (_, at) => fleet.name(at));
  await time(tell, 'images by package', names, async (name) =>
    (await packagesNamed(sql, ownName(name), null)).map((one) => one.packageId),
  );
  const described: number[] = [];
  for (const id of ids) {
    const question = { ids: [id], namespaces: [], package: null };
    const { seconds } = await timed(async () => Array.fromAsync(describedVulnerabilities(sql, question, null)));
    described.push(seconds * 1000);
  }
  for (const line of latencies('vulnerability by its id', described)) tell.measured(line);
  const { result: tags, seconds } = await timed(() => countOf(tagSummaries({ sql }, account)));
  tell.measured({ what: 'summaries of tags', value: tags / seconds, unit: '/s' });

  async function time(
    to: Tell,
    what: string,
    drawn: readonly string[],
    packagesOf: (one: string) => Promise<number[]>,
  ) {
    const times: number[] = [];
    let full = 0;
    for (const one of drawn) {
      const { result, seconds } = await timed(async () => imagesHolding(sql, account, await packagesOf(one), page));
      times.push(seconds * 1000);
      if (result.length === page.limit) full++;
    }
    for (const line of latencies(`${what}, first page`, times)) to.measured(line);
    to.said(`${what}: ${full} of ${drawn.length} pages were full`);
  }
}

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count++;
  return count;
}

/** Java's packages are asked for by their artifact. */
function ownName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

/** Of findings of images from all over the fleet. */
async function idsOf(sql: Sql, fleet: Fleet, images: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; ids.length < asked && at < asked; at++) {
    const { sets } = packageSets(fleet.image(Math.floor((at * images) / asked)));
    const { judgements } = await judge(
      sql,
      sets.map(({ digest }) => digest),
    );
    const one = judgements[(at * 31) % Math.max(1, judgements.length)];
    if (one !== undefined) ids.push(one.id);
  }
  return ids;
}
