import { BlockList, isIP } from 'node:net';

const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addSubnet('fd00:ec2::', 32, 'ipv6');
// Metadata services that are not link-local: Azure's wire server, Alibaba Cloud, Oracle Cloud.
refused.addAddress('168.63.129.16', 'ipv4');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('192.0.0.192', 'ipv4');

/** Prefixes under which an IPv4 address is spoken to over IPv6: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056). */
const carriers = [
  { prefix: '0000:0000:0000:0000:0000:ffff:', at: 30 },
  { prefix: '0000:0000:0000:0000:0000:0000:', at: 30 },
  { prefix: '0064:ff9b:0000:0000:0000:0000:', at: 30 },
  { prefix: '2002:', at: 5 },
] as const;

/**
 * True for addresses that Plimsoll never calls, because what answers there hands out credentials to whoever asks from
 * this machine: link-local ones and the metadata services of clouds, however they are wrapped in IPv6.
 */
export function isRefusedAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return refused.check(plain, 'ipv4');
  if (family !== 6) return false;
  if (refused.check(plain, 'ipv6')) return true;
  const full = expand(plain);
  return carriers.some(({ prefix, at }) => full.startsWith(prefix) && refused.check(ipv4At(full, at), 'ipv4'));
}

/**
 * True for addresses of the public internet: of a network that IANA has given to somebody to be reached by all (its special-purpose address
 * registries for IPv4 and IPv6), however it is wrapped in IPv6. Not this machine, not a private network, no multicast, no test network.
 */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0 || isRefusedAddress(plain)) return false;
  if (family === 4) return !special.check(plain, 'ipv4');
  const full = expand(plain);
  const carrier = carriers.find(({ prefix }) => full.startsWith(prefix));
  if (carrier !== undefined) return !special.check(ipv4At(full, carrier.at), 'ipv4');
  return unicast.check(plain, 'ipv6') && !special.check(plain, 'ipv6');
}

const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');

const special = new BlockList();
for (const [net, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
] as const)
  special.addSubnet(net, prefix, 'ipv4');
// Protocol assignments with Teredo, documentation.
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
] as const)
  special.addSubnet(net, prefix, 'ipv6');

/** All eight groups of an IPv6 address, four digits each. */
function expand(address: string): string {
  // The URL parser writes every form of an IPv6 address, dotted tails too, in the one of RFC 5952.
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = '', right] = short.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(left).length - groups(right ?? '').length;
  const all =
    right === undefined ? groups(left) : [...groups(left), ...Array<string>(missing).fill('0'), ...groups(right)];
  return all.map((group) => group.padStart(4, '0')).join(':');
}

function ipv4At(full: string, at: number): string {
  const hex = full.slice(at, at + 9).replace(':', '');
  return [0, 2, 4, 6].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join('.');
}
