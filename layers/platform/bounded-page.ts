import { Fault } from '#core/fault.ts';

/**
 * Rows whose size nobody knows beforehand, in pages: of as many rows as one answer may have, few at first. `read` gives up to `limit` of
 * what comes after the last row of the page before; fewer mean that there are no more.
 */
export async function* boundedPages<Row>(
  read: (after: Row | null, limit: number) => Promise<readonly Row[]>,
  { first, most }: { readonly first: number; readonly most: number },
): AsyncGenerator<readonly Row[]> {
  let after: Row | null = null;
  for (let limit = first; ; ) {
    let page: readonly Row[];
    try {
      page = await read(after, limit);
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || limit === 1) throw fault;
      limit = Math.max(1, limit >> 2);
      continue;
    }
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    after = page.at(-1)!;
    limit = Math.min(limit * 2, most);
  }
}
