import { AsyncLocalStorage } from 'node:async_hooks';

/** What log lines are about: an image and what is done with it, a request and its route. */
export type Subject = Readonly<Record<string, unknown>>;

/**
 * Does work of which every log line carries these ids beside its own, whoever writes it and however deep: also what was opened once for
 * all work, and so was handed the log without them. Within, more may be added.
 */
export function about<T>(ids: Subject, work: () => T): T {
  return subject.run({ ...subject.getStore(), ...ids }, work);
}

/** The ids of the work that is done now; none outside of any. For logs. */
export function aboutNow(): Subject {
  return subject.getStore() ?? {};
}

// Node 24 carries it with promises themselves (AsyncContextFrame): 300,000 steps of an async generator cost the same with it and without.
const subject = new AsyncLocalStorage<Subject>();
