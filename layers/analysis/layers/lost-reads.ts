import { Fault } from '#core/fault.ts';
import type { Log } from '#core/log.ts';
import type { LostRead } from './fact-reader.ts';

/** Reads that may end their threads before the layer is given up: each costs a start, and what was read of the layer so far. */
const mostLost = 3;

/**
 * Does work that reads a layer on a thread, again and without the file that an analyzer was at whenever that ended the
 * thread (it hung, or ran out of memory): what one file does to one analyzer is a note. After three such files the fault of the thread is
 * thrown as it is.
 */
export async function withoutLostReads<T>(
  log: Log,
  layer: string,
  work: (lost: readonly LostRead[]) => Promise<T>,
): Promise<T> {
  const lost: LostRead[] = [];
  for (;;) {
    try {
      return await work(lost);
    } catch (thrown) {
      const read = lostRead(thrown);
      if (read === null || lost.length >= mostLost) throw thrown;
      log.error('a file ended the thread that read it, its layer is read again without', { layer, ...read });
      lost.push(read);
    }
  }
}

/** A fault of a thread that was in the middle of a read. */
export function lostReadFault(fault: Fault, { read, problem }: LostRead): Fault {
  const { code, message, detail, cause } = fault;
  return new Fault(code, message, { detail: { ...detail, lost: { read, problem } }, cause });
}

function lostRead(thrown: unknown): LostRead | null {
  return thrown instanceof Fault ? ((thrown.detail['lost'] as LostRead | undefined) ?? null) : null;
}
