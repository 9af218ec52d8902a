import { Fault } from '#core/fault.ts';
import { groupStatuses } from '#feeds/ensure-groups.ts';
import type { GroupStatus } from '#feeds/group-status.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import { type OpenWorld, text } from '../open-world.ts';

/** Prints every group that there is or that is stored. */
export async function listFeeds(io: Io, world: OpenWorld, values: Values): Promise<void> {
  const statuses = await groupStatuses(world.feeds);
  const asJson = wantsJson(values);
  io.out.write(
    asJson
      ? `${JSON.stringify(
          statuses.map((status) => groupJson(status, world.clock.now())),
          null,
          2,
        )}\n`
      : table(statuses),
  );
}

/** Whether `--output json` was given; throws `input/invalid` for anything but that and `table`. */
export function wantsJson(values: Values): boolean {
  const output = text(values, 'output') ?? 'table';
  if (output !== 'table' && output !== 'json') {
    throw new Fault('input/invalid', `feeds: --output is table or json, not '${output.slice(0, 40)}'`);
  }
  return output === 'json';
}

/** A group for programs: times as ISO 8601, its age in seconds. */
export function groupJson({ syncedAt, checkedAt, ...status }: GroupStatus, now: number): object {
  return {
    ...status,
    syncedAt: timeText(syncedAt),
    checkedAt: timeText(checkedAt || null),
    ageSeconds: syncedAt === null ? null : Math.max(0, Math.round((now - syncedAt) / 1000)),
  };
}

function timeText(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function table(statuses: readonly GroupStatus[]): string {
  const rows = statuses.map(({ group, state, records, setAside, syncedAt, lastError, note }) => [
    group,
    state,
    String(records),
    String(setAside),
    timeText(syncedAt) ?? '-',
    (state === 'failed' || state === 'absent' ? lastError : state === 'never' ? note : null) ?? '',
  ]);
  const all = [['GROUP', 'STATE', 'RECORDS', 'SET ASIDE', 'SYNCED', ''], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(column === 5 ? 0 : widths[column]!));
  return all.map((row) => `${line(row).join('  ').trimEnd()}\n`).join('');
}
