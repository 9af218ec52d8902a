import { Fault } from '#core/fault.ts';
import type { Fetch } from '../fetch.ts';

/** A network that is switched off: every call is `network/offline`, which names the host and nothing else of the URL. */
export const offlineFetch: Fetch = async (url) => {
  const host = URL.canParse(url) ? new URL(url).host : 'an address';
  throw new Fault(
    'network/offline',
    `${host} was not asked, because the network is switched off; leave out --offline to ask it`,
    {
      detail: { host },
    },
  );
};
