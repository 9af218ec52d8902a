import type { Fetch } from '#platform/fetch.ts';
import { registryHost } from '../reference.ts';

/**
 * A host that is reached elsewhere. In `host`, `*` is any part of a name, and `docker.io` means Docker Hub; `url` is
 * `scheme://address[:port]`.
 */
export interface RegistryEndpoint {
  readonly host: string;
  readonly url: string;
}

/** A fetch that reaches some hosts elsewhere: a pull-through cache, an emulator. The first rule for a host counts. */
export function throughEndpoints(fetch: Fetch, endpoints: readonly RegistryEndpoint[]): Fetch {
  const rules = endpoints.map(({ host, url }) => ({ url, pattern: hostPattern(registryHost(host)) }));
  return (url, request) => {
    const { host, origin } = new URL(url);
    const rule = rules.find(({ pattern }) => pattern.test(host));
    return fetch(rule === undefined ? url : rule.url + url.slice(origin.length), request);
  };
}

function hostPattern(host: string): RegExp {
  const parts = host.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
