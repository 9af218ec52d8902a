import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Fault } from '#core/fault.ts';
import { isPublicAddress, isRefusedAddress } from '../address-rules.ts';

/**
 * Name resolution of a connection, so that the address that was checked is the one that is called: an answer with one address that is
 * refused is refused whole, with `network/refused`.
 */
export function checkedLookup(publicOnly: boolean): LookupFunction {
  return publicOnly ? lookups.public : lookups.any;
}

/** Throws `network/refused` when a host that is an address is one that is not called. */
export function checkHost(hostname: string, publicOnly: boolean): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  const fault = isIP(host) === 0 ? null : refusal(hostname, host, publicOnly);
  if (fault !== null) throw fault;
}

const lookups = { any: lookupBy(false), public: lookupBy(true) } as const;

function lookupBy(publicOnly: boolean): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      for (const { address } of found) {
        const fault = refusal(host, address, publicOnly);
        if (fault !== null) return callback(fault as NodeJS.ErrnoException, '', 0);
      }
      if (options.all === true) return callback(null, found);
      callback(null, found[0]!.address, found[0]!.family);
    });
  };
}

function refusal(host: string, address: string, publicOnly: boolean): Fault | null {
  if (isRefusedAddress(address))
    return new Fault(
      'network/refused',
      `${host} was not called: ${address} is a link-local or metadata address, which hands out credentials of this machine`,
      { detail: { host, address } },
    );
  if (!publicOnly || isPublicAddress(address)) return null;
  // Without the address: whoever named the host learns nothing of the network that Plimsoll runs in.
  return new Fault(
    'network/refused',
    `${host} was not called: it is no address of the public internet, and this installation allows no others here`,
    { detail: { host } },
  );
}
