import type { Advisory } from '#feeds/advisory.ts';
import { writeAdvisories } from '#feeds/advisory-store.ts';
import type { FeedGroup } from '#feeds/feed-group.ts';
import { recordChunks } from '#feeds/record-chunks.ts';
import { storedAdvisory } from '#feeds/stored-record.ts';
import { statement } from '#matching/judge.ts';
import { packageSets } from '#matching/package-set.ts';
import { storePackageSets } from '#matching/package-store.ts';
import type { Sql, SqlParameters } from '#platform/sql.ts';
import { deltaRecords } from './delta.ts';
import type { Fleet } from './fleet.ts';
import type { Tell } from './full-load.ts';

/** Tells how the database reads tables in both statements: the judgement of an image as it ran, the write of a delta as it would. */
export async function tellPlans(
  sql: Sql,
  fleet: Fleet,
  { feed, group }: FeedGroup,
  advisories: readonly Advisory[],
  tell: Tell,
): Promise<void> {
  const { sets } = packageSets(fleet.imageOf(400, 400));
  await storePackageSets(sql, sets);
  const judged = await sql.query<{ 'QUERY PLAN': string }>(
    `explain (analyze, costs off, timing off, summary off) ${statement}`,
    {
      ...{ sets: JSON.stringify(sets.map(({ digest }) => digest)), limit: 3000, package: 0, affected: 0 },
    },
  );
  tell.said(['plan of judging an image of 400 packages (scans):', ...scans(judged)].join('\n'));
  for await (const chunk of recordChunks(records(advisories.slice(0, deltaRecords)))) {
    const asked: (readonly [string, SqlParameters])[] = [];
    const query: Sql['query'] = async (text, parameters = {}) => {
      asked.push([text, parameters]);
      return [];
    };
    await writeAdvisories({ ...sql, query }, { feed: feed.name, group }, chunk, 1, 0);
    const [write, parameters] = asked.at(-1)!;
    const plan = await sql.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${write}`, parameters);
    tell.said([`plan of writing ${chunk.records} changed records (scans):`, ...scans(plan)].join('\n'));
    return;
  }
}

async function* records(advisories: readonly Advisory[]) {
  for (const one of advisories) {
    const { stored } = storedAdvisory(one);
    if (stored !== null) yield stored;
  }
}

/** The lines that name a table or an index, with the conditions and counts that belong to them. */
function scans(plan: readonly { readonly 'QUERY PLAN': string }[]): readonly string[] {
  const told = /(?:Index|Seq|Heap|Index Only) Scan|Index Cond|Heap Fetches|-> {2}(?:Insert|Update)/;
  return plan.map((row) => row['QUERY PLAN']).filter((line) => told.test(line));
}
