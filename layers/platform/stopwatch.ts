/** Milliseconds of a clock that only goes forward, for what is measured rather than told. */
export function stopwatch(): number {
  return performance.now();
}
