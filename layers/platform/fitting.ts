import { Fault } from '#core/fault.ts';

/** What a statement answered, and the number of rows for which it fitted. */
export interface Fitted<T> {
  readonly rows: readonly T[];
  readonly limit: number;
}

/**
 * Asks a question for so many rows, and for fewer where their answer would pass the port's 1 MiB: texts differ in length. Throws
 * `sql/result-too-large` when one row alone does.
 */
export async function fitting<T>(limit: number, ask: (limit: number) => Promise<readonly T[]>): Promise<Fitted<T>> {
  for (let most = limit; ; most = Math.max(1, most >> 2)) {
    try {
      return { rows: await ask(most), limit: most };
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || most === 1) throw fault;
    }
  }
}
