import type { Clock } from '#platform/clock.ts';
import { retryAfter } from '#platform/send.ts';

/** Milliseconds: longer rests are not believed. */
const longest = 24 * 3_600_000;

/**
 * For how long a registry that refused wants to be left alone, as detail of a fault: by Retry-After, or by Docker Hub's X-Retry-After, a
 * time in seconds since the epoch. Nothing when it does not say. (https://docs.docker.com/docker-hub/usage/)
 */
export function restAsked(response: Response, clock: Clock): { readonly restMs?: number } {
  const hub = response.headers.get('x-retry-after') ?? '';
  const until = /^\d{10}$/.test(hub) ? Number(hub) * 1000 - clock.now() : null;
  const asked = until === null ? retryAfter(response, clock, longest) : Math.min(Math.max(0, until), longest);
  return asked === null ? {} : { restMs: asked };
}
