import { BlockList, isIP } from 'node:net';
import { Fault } from '#core/fault.ts';

/** Whose word on where a request came from is taken. */
export type Proxies = Pick<BlockList, 'check'>;

/** Proxies by their addresses and networks (`10.0.0.7`, `10.0.0.0/8`, `fd00::/8`). Throws `input/invalid` for anything else. */
export function proxiesOf(texts: readonly string[]): Proxies {
  const list = new BlockList();
  for (const text of texts) {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || Number(bits ?? 0) > most)
      throw new Fault('input/invalid', `--trusted-proxy ${text}: give an address or a network, such as 10.0.0.0/8`);
    list.addSubnet(address, Number(bits ?? most), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/**
 * Where a request came from: the address of the connection, or behind trusted proxies the one that the nearest of them says of whoever is none of
 * them. The list of X-Forwarded-For is read from its end: what stands before an address that is not trusted was written by that one, and may be made up.
 */
export function clientAddress(remote: string, forwarded: string | undefined, trusted: Proxies): string {
  let client = plain(remote);
  for (const text of (forwarded ?? '').split(',').toReversed()) {
    if (!isTrusted(client, trusted)) break;
    const next = plain(text);
    // A proxy that tells no address is the last that is known.
    if (isIP(next) === 0) break;
    client = next;
  }
  return client;
}

function isTrusted(address: string, trusted: Proxies): boolean {
  const family = isIP(address);
  return family !== 0 && trusted.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** An address without port and brackets; one of IPv4 as such. */
function plain(text: string): string {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  return /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
}
