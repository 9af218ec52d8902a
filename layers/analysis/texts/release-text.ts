/** What a one-line release file (`etc/redhat-release` and its kind) says. */
export interface ReleaseText {
  readonly id: string;
  readonly versionId: string | null;
  readonly name: string;
}

/**
 * The distribution that a release file names: `CentOS release 6.10 (Final)`, `Red Hat Enterprise Linux Server release 7.9
 * (Maipo)`, `SUSE Linux Enterprise Server 11 (x86_64)` with its PATCHLEVEL line, `CBL-Mariner 2.0.20220226`; null when
 * no known name stands there.
 */
export function parseReleaseText(text: string): ReleaseText | null {
  const [first = ''] = text.slice(0, 4096).split('\n');
  const name = first.trim();
  const known = names.find(([pattern]) => pattern.test(name));
  if (known === undefined) return null;
  const version = /\brelease (\d+(?:\.\d+)*)/i.exec(name)?.[1] ?? /\s(\d+(?:\.\d+)*)/.exec(name)?.[1] ?? null;
  const patch = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1];
  const versionId = version !== null && patch !== undefined && patch !== '0' ? `${version}.${patch}` : version;
  return { id: normalId(known[1], versionId), versionId, name };
}

/**
 * The distribution of a CPE name (`etc/system-release-cpe`), in its 2.2 form `cpe:/o:centos:linux:6:GA` and its 2.3 form
 * `cpe:2.3:o:amazon:amazon_linux:2`; null when its vendor is not known.
 */
export function parseReleaseCpe(text: string): ReleaseText | null {
  const cpe = text.trim().split('\n')[0]?.trim() ?? '';
  const match = /^cpe:(?:\/|2\.3:)o:([^:]*):([^:]*):?([^:]*)/.exec(cpe);
  const id = vendors[match?.[1] ?? ''];
  if (match === null || id === undefined) return null;
  return { id, versionId: /^\d+(?:\.\d+)*/.exec(match[3] ?? '')?.[0] ?? null, name: cpe };
}

/** The one id for a distribution that writes several, by what it calls itself in os-release or lsb-release. */
export function normalId(id: string, versionId: string | null): string {
  const plain = id.trim().toLowerCase();
  // openSUSE 42.x called itself Leap but wrote the id of the releases before it.
  if (plain === 'opensuse' && versionId?.startsWith('42.')) return 'opensuse-leap';
  return aliases[plain] ?? plain;
}

const aliases: Readonly<Record<string, string>> = {
  __proto__: null as never,
  redhat: 'rhel',
  redhatenterprise: 'rhel',
  redhatenterpriselinux: 'rhel',
  redhatenterpriseserver: 'rhel',
  redhatenterpriselinuxserver: 'rhel',
  oracle: 'ol',
  oracleserver: 'ol',
  oraclelinux: 'ol',
  amazon: 'amzn',
  amazonami: 'amzn',
  'amazon linux': 'amzn',
  'amazon linux ami': 'amzn',
  alma: 'almalinux',
  rockylinux: 'rocky',
  sles_sap: 'sles',
  'suse linux': 'sles',
  'cbl-mariner': 'mariner',
};

/** First match counts: Oracle's and Amazon's texts come before the ones they were derived from. */
const names: readonly (readonly [pattern: RegExp, id: string])[] = [
  [/^oracle linux|^enterprise linux enterprise linux/i, 'ol'],
  [/^amazon linux/i, 'amzn'],
  [/^alma ?linux/i, 'almalinux'],
  [/^rocky linux/i, 'rocky'],
  [/^centos/i, 'centos'],
  [/^red ?hat/i, 'rhel'],
  [/^fedora/i, 'fedora'],
  [/^scientific linux/i, 'scientific'],
  [/^cloudlinux/i, 'cloudlinux'],
  [/^virtuozzo/i, 'virtuozzo'],
  [/^openeuler/i, 'openeuler'],
  [/^suse linux enterprise server/i, 'sles'],
  [/^suse linux enterprise desktop/i, 'sled'],
  [/^opensuse leap/i, 'opensuse-leap'],
  [/^opensuse/i, 'opensuse'],
  [/^vmware photon/i, 'photon'],
  [/^(?:cbl-)?mariner/i, 'mariner'],
  [/^azure ?linux/i, 'azurelinux'],
  [/^gentoo/i, 'gentoo'],
];

const vendors: Readonly<Record<string, string>> = {
  __proto__: null as never,
  redhat: 'rhel',
  centos: 'centos',
  fedoraproject: 'fedora',
  fedora: 'fedora',
  oracle: 'ol',
  amazon: 'amzn',
  almalinux: 'almalinux',
  rocky: 'rocky',
  suse: 'sles',
};
