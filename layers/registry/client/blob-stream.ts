import { Fault } from '#core/fault.ts';
import type { Clock } from '#platform/clock.ts';

/** Broken connections in a row that brought less than this together are given up on. */
const progressBytes = 1024 * 1024;
const mostBreaks = 5;

/**
 * The bytes of a blob, taken up where they broke off: `open(from)` answers 206 from that byte on, or 200 with everything,
 * whose beginning is then left out. Ends after exactly `size` bytes; a longer answer throws `image/corrupt`. Throws
 * `network/unreachable` when five connections in a row break without bringing 1 MiB, and what `open` throws for the first.
 */
export async function* blobStream(
  clock: Clock,
  open: (from: number) => Promise<Response>,
  size: number | null,
  where: string,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let breaks = 0;
  let lastBreak = 0;
  for (;;) {
    const response = await open(at);
    let skip = leftOut(response, at, where);
    let cause: unknown;
    try {
      for await (const chunk of response.body ?? []) {
        const piece = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - piece.length;
        if (piece.length === 0) continue;
        at += piece.length;
        if (size !== null && at > size)
          throw new Fault('image/corrupt', `${where} is longer than the ${size} bytes stated`);
        yield piece;
      }
      if (size === null || at === size) return;
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code !== 'network/unreachable') throw thrown;
      if (at === size) return;
      cause = thrown;
    }
    breaks = at - lastBreak >= progressBytes ? 1 : breaks + 1;
    lastBreak = at;
    if (breaks === mostBreaks) {
      const how = `broke off at byte ${at}${size === null ? '' : ` of ${size}`}, again and again; try again later`;
      throw new Fault('network/unreachable', `${where} ${how}`, { cause });
    }
    await clock.sleep(250 * 2 ** breaks);
  }
}

/** How many bytes of an answer stand before the byte asked for. */
function leftOut(response: Response, from: number, where: string): number {
  if (response.status !== 206) return from;
  const range = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (range !== null && Number(range[1]) === from) return 0;
  throw new Fault('registry/failed', `${where}: the registry answered with another range than the one asked for`);
}
