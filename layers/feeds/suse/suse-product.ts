/** A product of SUSE as packages of an image see it. */
export interface SuseProduct {
  /** The release that it belongs to: `sles:15.5`. */
  readonly namespace: string;
  /** The paid or separate stream that it is (`ltss`); null: everybody who has the release has it. */
  readonly channel: string | null;
  /** Modules of SLE 12 are for all of its service packs: those of `namespace` and of all that begin with it and a point. */
  readonly everyPack: boolean;
}

/**
 * The release of a product by its name; null for what is none (SUSE Manager, Open Enterprise Server), or runs on another.
 *
 * Modules and extensions of a service pack belong to its release: an image may have enabled any of them. SUSE supports `for SAP
 * Applications` longer than the rest, so it is a stream of its own.
 */
export function suseProduct(name: string): SuseProduct | null {
  const [, leap] = /^openSUSE Leap (\d\d\.\d)(?: NonFree)?$/.exec(name) ?? [];
  if (leap !== undefined) return general(leap.startsWith('42.') ? `opensuse:${leap}` : `opensuse-leap:${leap}`);
  const [, old] = /^openSUSE (\d\d\.\d)(?: NonFree)?$/.exec(name) ?? [];
  if (old !== undefined) return general(`opensuse:${old}`);
  if (/^openSUSE Tumbleweed$/.test(name)) return general('opensuse-tumbleweed:rolling');
  const [, micro] = /^SUSE Linux (?:Enterprise )?Micro(?: for Rancher)? (\d\.\d{1,2})$/.exec(name) ?? [];
  if (micro !== undefined) return general(`sle-micro:${micro}`);
  const [, product = '', generation, pack, suffix] =
    /^SUSE (.+?) (1\d(?:\.\d)?)(?: SP(\d))?(?:-([A-Za-z]+))?$/.exec(name) ?? [];
  if (generation === undefined) return null;
  const namespace = `sles:${generation}${pack === undefined ? '' : `.${pack}`}`;
  const named = /\bLTSS\b|for SAP/i.exec(product)?.[0].toLowerCase().replace('for ', '') ?? null;
  const everyPack = generation === '12' && pack === undefined && /Module|Package Hub/.test(product);
  return { namespace, channel: suffix?.toLowerCase() ?? named, everyPack };
}

function general(namespace: string): SuseProduct {
  return { namespace, channel: null, everyPack: false };
}
