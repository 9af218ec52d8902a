/** A signal with a moment at which it aborts; disposing of it ends the wait. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that aborts after so many seconds with what `reason` makes, or with the outer signal and its reason. */
export function startDeadline(seconds: number, reason: () => Error, outer?: AbortSignal): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(reason()), seconds * 1000);
  const signal = outer === undefined ? late.signal : AbortSignal.any([outer, late.signal]);
  return { signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
