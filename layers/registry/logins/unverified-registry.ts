import { Fault } from '#core/fault.ts';
import type { Fetch } from '#platform/fetch.ts';
import { discard } from '#platform/send.ts';
import { registryHost } from '../reference.ts';

/** Milliseconds in which a registry shows whether it speaks TLS. */
const patience = 5000;

/**
 * How a registry is called whose certificate is not to be verified: by TLS with whatever certificate it shows, and by plain HTTP where
 * nothing speaks TLS.
 */
export async function unverifiedRegistry(fetch: Fetch, registry: string): Promise<Reached> {
  const trusting: Fetch = (url, request) => fetch(url, { ...request, anyCertificate: true });
  try {
    await discard(await trusting(`https://${registryHost(registry)}/v2/`, { timeout: patience }));
    return { fetch: trusting, plainHttp: null };
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'network/unreachable') return { fetch: trusting, plainHttp: true };
    throw thrown;
  }
}

/** As a client is told it: true for plain HTTP, null for what is usual. */
interface Reached {
  readonly fetch: Fetch;
  readonly plainHttp: true | null;
}
