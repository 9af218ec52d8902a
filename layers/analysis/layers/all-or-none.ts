/**
 * Runs the work for each item, `width` at once; when one fails the others are told to stop, waited for, and the first
 * failure is thrown.
 */
export async function allOrNone<T>(
  items: readonly T[],
  width: number,
  outer: AbortSignal | undefined,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) {
      signal.throwIfAborted();
      await work(item, signal);
    }
  };
  const failures: unknown[] = [];
  const lanes = Array.from({ length: Math.min(width, items.length) }, () =>
    lane().catch((thrown: unknown) => {
      failures.push(thrown);
      stop.abort(thrown);
    }),
  );
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
}
