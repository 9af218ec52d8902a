import type { Clock } from '#platform/clock.ts';
import type { Fetch } from '#platform/fetch.ts';
import { retryAfter } from '#platform/send.ts';

/** What asking upstreams needs. `key` gives the key that somebody has for an API, null when there is none. */
export interface PoliteWorld {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly key: (name: ApiKey) => Promise<string | null>;
}

/** Upstreams that answer more to those who say who they are. */
export type ApiKey = 'nvd' | 'github';

/** Answers of one host that are waited for at once. */
const atOnce = 2;

/** Milliseconds of rest for a host that is overloaded and does not say how long: the first time, and at most. */
const rests = { first: 1000, longest: 60_000 } as const;

interface Manners {
  /** Milliseconds from one request to the next, without a key and with one. */
  readonly pauses: readonly [open: number, withKey: number];
  readonly key: ApiKey;
  readonly header: (key: string) => Readonly<Record<string, string>>;
}

/** NVD: 5 requests in 30 s, 50 with a key, "sleep your scripts for six seconds" (nvd.nist.gov/developers/start-here). */
const manners: Readonly<Record<string, Manners>> = {
  'services.nvd.nist.gov': { pauses: [6000, 600], key: 'nvd', header: (key) => ({ apiKey: key }) },
  'api.github.com': { pauses: [1000, 0], key: 'github', header: (key) => ({ authorization: `Bearer ${key}` }) },
};

/**
 * A Fetch for upstreams of advisories, for all groups of a process together: at most two answers of a host are waited for at
 * once, requests keep the distance that it asks for, and after a 429 or 503 all of them rest as long as Retry-After says, or twice as
 * long each time and up to half of that longer, so that not everybody comes back at once. A key goes to its own host only. It
 * belongs below a mirror, which is to be asked as it likes.
 */
export function politeFetch(world: PoliteWorld): Fetch {
  const hosts = new Map<string, ReturnType<typeof startHost>>();
  return async (url, request = {}) => {
    const { host, protocol } = new URL(url);
    let one = hosts.get(host);
    if (one === undefined) hosts.set(host, (one = startHost(world, manners[host])));
    using _turn = await one.turn(request.signal);
    request.signal?.throwIfAborted();
    const own = protocol === 'https:' ? await one.headers() : {};
    const response = await world.fetch(url, { ...request, headers: { ...request.headers, ...own } });
    one.answered(response);
    return response;
  };
}

function startHost({ clock, key }: PoliteWorld, own: Manners | undefined) {
  const waiting: (() => void)[] = [];
  let busy = 0;
  let nextAt = 0;
  let rest = 0;
  let known: Promise<string | null> | null = null;
  const keyOf = async () => {
    if (own === undefined) return null;
    known ??= key(own.key);
    try {
      return await known;
    } catch (thrown) {
      known = null;
      throw thrown;
    }
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) busy--;
    else next();
  };
  return {
    /** Waits for a place and for the time; disposing of it gives the place to the next. */
    async turn(signal: AbortSignal | undefined): Promise<Disposable> {
      if (busy < atOnce) busy++;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      try {
        const pause = own?.pauses[(await keyOf()) === null ? 0 : 1] ?? 0;
        // A rest may grow while somebody sleeps.
        while (nextAt > clock.now() && signal?.aborted !== true) await clock.sleep(nextAt - clock.now(), signal);
        nextAt = Math.max(nextAt, clock.now() + pause);
      } catch (thrown) {
        leave();
        throw thrown;
      }
      return { [Symbol.dispose]: leave };
    },
    async headers(): Promise<Readonly<Record<string, string>>> {
      const found = await keyOf();
      return found === null ? {} : (own?.header(found) ?? {});
    },
    answered(response: Response): void {
      if (response.status !== 429 && response.status !== 503) {
        rest = 0;
        return;
      }
      rest = Math.min(Math.max(rests.first, rest * 2), rests.longest);
      const spread = 1 + (clock.now() % 1000) / 2000;
      nextAt = Math.max(nextAt, clock.now() + (retryAfter(response, clock) ?? rest * spread));
    },
  };
}
