import type { SqliteTree, TreePage } from './sqlite.ts';

/** Where a row of the table Packages is to be taken from. */
export interface MergedRow {
  readonly row: number;
  readonly from: 'database' | 'log';
}

/**
 * The rows of the table Packages once the pages of the log are laid over those of the database: what SQLite would see.
 * `rowsInLog` are the rows whose records the log has; another row on a page of the log is as it was. Null when the two
 * do not fit together: a page that neither has, or one reached twice.
 */
export function mergeLog(
  database: SqliteTree | null,
  log: SqliteTree,
  rowsInLog: ReadonlySet<number>,
): readonly MergedRow[] | null {
  const root = log.root ?? database?.root ?? null;
  if (root === null) return null;
  const inLog = byNumber(log.pages);
  const inDatabase = byNumber(database?.pages ?? []);
  const rows: MergedRow[] = [];
  const waiting = [root];
  const seen = new Set<number>();
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    const page = inLog.get(number) ?? inDatabase.get(number);
    if (page === undefined || seen.has(number)) return null;
    seen.add(number);
    if ('children' in page) waiting.push(...page.children.toReversed());
    else
      for (const row of page.rows)
        rows.push({ row, from: inLog.has(number) && rowsInLog.has(row) ? 'log' : 'database' });
  }
  return rows;
}

function byNumber(pages: readonly TreePage[]): ReadonlyMap<number, TreePage> {
  return new Map(pages.map((page) => [page.page, page]));
}
