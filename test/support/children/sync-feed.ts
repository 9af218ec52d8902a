import { createHash } from 'node:crypto';
import { silentLog } from '#core/log.ts';
import { syncGroup } from '#feeds/sync-feed.ts';
import { openLocalPlatform } from '#platform/local/local-platform.ts';
import type { Sql } from '#platform/sql.ts';
import { changingFeed, knownOf, storePackages } from '../changing-feed.ts';

// sync-feed FOLDER ANSWERS VERSION...: syncs a feed to each of the versions in turn. It prints `VERSION n` after its n-th statement, and in
// the end a line of JSON: the hash of all that is known then, and how many lines that is.
const [data, answers, ...versions] = process.argv.slice(2) as [string, 'whole' | 'changes', ...('A' | 'B')[]];
await using platform = await openLocalPlatform({ data, purpose: 'feeds', offline: true, log: silentLog });
await storePackages(platform.sql);
for (const version of versions) {
  const { feed, group } = changingFeed(version, answers);
  const world = { ...platform, sql: told(platform.sql, version), temporaryFile: platform.temporaryFile };
  const outcome = await syncGroup(world, feed, group);
  if ('reason' in outcome) throw new Error(outcome.reason);
}
const known = await knownOf(platform.sql);
process.stdout.write(
  `${JSON.stringify({ lines: known.length, hash: createHash('sha256').update(known.join('\n')).digest('hex') })}\n`,
);

function told(sql: Sql, version: string): Sql {
  let statements = 0;
  return {
    ...sql,
    async query(statement, parameters) {
      const rows = await sql.query(statement, parameters);
      process.stdout.write(`${version} ${++statements}\n`);
      return rows as never;
    },
  };
}
