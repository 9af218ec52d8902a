import { findGroup } from '#feeds/feed-group.ts';
import { feeds } from '#feeds/feeds.ts';
import { setAside } from '#feeds/set-aside-store.ts';
import { type SyncWorld, syncGroup } from '#feeds/sync-feed.ts';

/** Releases that snapshots have and that no list of current ones names any more. */
const older = [
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16].map((minor) => `alpine:3.${minor}`),
  ...['fedora:21', 'fedora:36', 'fedora:37', 'fedora:40', 'epel:7'],
];

/**
 * Loads every group that a mirror has, and tells a line of each: records read, rows of affected packages written, records set aside with
 * their reasons by class, seconds. Gives the groups that failed.
 */
export async function loadEverything(world: SyncWorld, tell: (line: string) => void): Promise<readonly string[]> {
  const groups = [...new Set([...feeds.flatMap(({ knownGroups }) => knownGroups), ...older])].map(findGroup);
  const absent: string[] = [];
  const failed: string[] = [];
  const total = { records: 0, rows: 0, aside: 0, seconds: 0 };
  tell(row(['group', 'records', 'rows', 'aside', 'seconds']));
  for (const { feed, group } of groups) {
    const begun = performance.now();
    const outcome = await syncGroup(world, feed, group);
    const seconds = (performance.now() - begun) / 1000;
    if (outcome.kind === 'absent') absent.push(group);
    if (outcome.kind === 'failed') failed.push(`${group}: ${outcome.reason}`);
    if (outcome.kind !== 'changed') continue;
    const { records, opened, setAside: aside } = outcome.loaded;
    total.records += records;
    total.rows += opened;
    total.aside += aside;
    total.seconds += seconds;
    tell(row([group, records, opened, aside, seconds.toFixed(1)]));
    for (const [reason, { count, example }] of await reasonsOf(world, { feed: feed.name, group }))
      tell(`  ${String(count).padStart(6)}  ${reason}  (${example})`);
  }
  tell(row(['in all', total.records, total.rows, total.aside, total.seconds.toFixed(1)]));
  tell(`not in the mirror: ${absent.join(', ') || 'none'}`);
  for (const one of failed) tell(`failed: ${one}`);
  return failed;
}

function row([group, ...cells]: readonly (string | number)[]): string {
  return `${String(group).padEnd(28)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
}

/** Reasons are one where they differ in what they quote and in numbers only. */
async function reasonsOf({ sql }: SyncWorld, name: { readonly feed: string; readonly group: string }) {
  const classes = new Map<string, { count: number; readonly example: string }>();
  for (let after: string | null = ''; after !== null; ) {
    const page = await setAside(sql, name, after, 1000);
    for (const { record, reason } of page) {
      const of = reason.replaceAll(/'[^']*'|"[^"]*"|\d+/g, '…');
      const known = classes.get(of);
      if (known === undefined) classes.set(of, { count: 1, example: `${record}: ${reason}`.slice(0, 160) });
      else known.count++;
    }
    after = page.length === 1000 ? page.at(-1)!.record : null;
  }
  return [...classes].sort(([, a], [, b]) => b.count - a.count);
}
