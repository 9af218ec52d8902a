import { Fault } from '#core/fault.ts';

/** Statements under way at once for one list: answers come while others are still being decoded. */
const atOnce = 3;

/**
 * Asks about a list in slices, a few at once, and gives their rows in its order; a slice whose answer passes the port's 1 MiB is asked
 * about in halves.
 */
export async function* inSlices<T, R>(
  list: readonly T[],
  size: number,
  ask: (slice: readonly T[]) => Promise<readonly R[]>,
): AsyncGenerator<R> {
  const slices = Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
  for (let at = 0; at < slices.length; at += atOnce) {
    for (const rows of await Promise.all(slices.slice(at, at + atOnce).map((slice) => halved(slice, ask)))) yield* rows;
  }
}

async function halved<T, R>(
  slice: readonly T[],
  ask: (slice: readonly T[]) => Promise<readonly R[]>,
): Promise<readonly R[]> {
  try {
    return await ask(slice);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'sql/result-too-large' || slice.length === 1) throw fault;
    const half = slice.length >> 1;
    return [...(await halved(slice.slice(0, half), ask)), ...(await halved(slice.slice(half), ask))];
  }
}
