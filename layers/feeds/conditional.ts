import { Fault } from '#core/fault.ts';
import { discard, send } from '#platform/send.ts';
import type { FeedWorld, Mark } from './feed.ts';

/** Upstreams ask to be told who calls. */
export const userAgent = 'plimsoll/0.1 (container image scanner)';

/** The bytes of one file of an upstream, not read yet. */
export interface Part {
  readonly url: string;
  /** The bytes, once; throws `feed/failed` after `limit` of them, counted as inflated. */
  stream(limit: number): AsyncIterable<Uint8Array>;
  /** Lets go of the connection without reading. */
  cancel(): Promise<void>;
}

export type Parts =
  | { readonly kind: 'unchanged' }
  /** A part is null where upstream does not have it (404, 410). */
  | { readonly kind: 'changed'; readonly mark: Mark; readonly parts: ReadonlyMap<string, Part | null> };

/**
 * The files of a group, asked for on the condition that they changed since the mark (ETag, Last-Modified; RFC 9110, 13.1).
 * When one has changed all come, since nothing is kept of the others. The mark says too which files were not there, so
 * that one that appears or vanishes is a change. Throws `network/*`, and `feed/failed` for any other answer.
 */
export async function fetchParts(world: FeedWorld, urls: readonly string[], mark: Mark | null): Promise<Parts> {
  const parts = new Map<string, Part | null>();
  const marks: Record<string, string> = {};
  const unchanged: string[] = [];
  try {
    for (const url of urls) {
      const answer = await ask(world, url, mark);
      if (answer === 'unchanged') unchanged.push(url);
      else keep(answer, parts, marks);
    }
    if (
      unchanged.length > 0 &&
      [...parts].every(([url, part]) => part === null && mark?.[`missing ${url}`] !== undefined)
    ) {
      return { kind: 'unchanged' };
    }
    for (const url of unchanged) {
      const answer = await ask(world, url, null);
      if (answer === 'unchanged') throw failed(url, 'it answers 304 to a request without conditions');
      keep(answer, parts, marks);
    }
  } catch (thrown) {
    await cancelParts(parts);
    throw thrown;
  }
  return { kind: 'changed', mark: marks, parts };
}

/** Lets go of every part that was not read. */
export async function cancelParts(parts: ReadonlyMap<string, Part | null>): Promise<void> {
  await Promise.all([...parts.values()].map((part) => part?.cancel()));
}

/** All bytes of a part that is known to be small. */
export async function readPart(part: Part, limit: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of part.stream(limit)) pieces.push(piece);
  return Buffer.concat(pieces);
}

interface Answer {
  readonly url: string;
  readonly part: Part | null;
  readonly mark: Mark;
}

function keep(answer: Answer, parts: Map<string, Part | null>, marks: Record<string, string>): void {
  parts.set(answer.url, answer.part);
  Object.assign(marks, answer.mark);
}

async function ask(world: FeedWorld, url: string, mark: Mark | null): Promise<Answer | 'unchanged'> {
  const etag = mark?.[`etag ${url}`];
  const modified = mark?.[`modified ${url}`];
  const response = await send(world, url, {
    headers: {
      'user-agent': userAgent,
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(modified === undefined ? {} : { 'if-modified-since': modified }),
    },
  });
  if (response.status === 200) return { url, part: partOf(url, response), mark: markOf(url, response) };
  await discard(response);
  if (response.status === 304) return 'unchanged';
  if (response.status === 404 || response.status === 410) {
    return { url, part: null, mark: { [`missing ${url}`]: String(response.status) } };
  }
  throw failed(url, `it answers ${response.status}`);
}

function markOf(url: string, response: Response): Mark {
  const etag = response.headers.get('etag');
  const modified = response.headers.get('last-modified');
  return {
    ...(etag === null ? {} : { [`etag ${url}`]: etag.slice(0, 500) }),
    ...(modified === null ? {} : { [`modified ${url}`]: modified.slice(0, 100) }),
  };
}

function partOf(url: string, response: Response): Part {
  return {
    url,
    async *stream(limit) {
      let read = 0;
      try {
        for await (const bytes of response.body ?? []) {
          read += bytes.length;
          if (read > limit) throw failed(url, `it is larger than ${limit} bytes`);
          yield bytes;
        }
      } catch (thrown) {
        if (thrown instanceof Fault) throw thrown;
        throw new Fault('network/unreachable', `reading ${url}: it broke off after ${read} bytes; try again`, {
          cause: thrown,
        });
      }
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      const encoded = response.headers.get('content-encoding') ?? 'identity';
      if (encoded === 'identity' && read < length) throw failed(url, `it broke off after ${read} of ${length} bytes`);
    },
    async cancel() {
      if (!response.bodyUsed && response.body?.locked === false) await discard(response);
    },
  };
}

function failed(url: string, problem: string): Fault {
  return new Fault('feed/failed', `fetching ${url}: ${problem}; try again later, or name a mirror that has it`);
}
