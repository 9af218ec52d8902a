import { Fault } from '#core/fault.ts';

/** Asks about a list in slices, in its order; a slice whose answer passes the port's 1 MiB is asked about in halves. */
export async function* inSlices<T, R>(
  list: readonly T[],
  size: number,
  ask: (slice: readonly T[]) => Promise<readonly R[]>,
): AsyncGenerator<R> {
  for (let at = 0; at < list.length; at += size) yield* halved(list.slice(at, at + size), ask);
}

async function* halved<T, R>(
  slice: readonly T[],
  ask: (slice: readonly T[]) => Promise<readonly R[]>,
): AsyncGenerator<R> {
  let rows: readonly R[];
  try {
    rows = await ask(slice);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || slice.length === 1) throw fault;
    const half = slice.length >> 1;
    yield* halved(slice.slice(0, half), ask);
    yield* halved(slice.slice(half), ask);
    return;
  }
  yield* rows;
}
