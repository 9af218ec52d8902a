import { ubuntuReleases } from '#core/distro.ts';

/**
 * Where a package of Ubuntu comes from: the archive of a release that everybody has (`base`), extended maintenance with a
 * subscription (`esm`), or builds of another lineage under the same names (`fips`, `realtime`).
 */
export interface UbuntuStream {
  /** `22.04` */
  readonly release: string;
  readonly tier: 'base' | 'esm' | 'fips' | 'realtime';
}

/** The stream of an OSV ecosystem: `Ubuntu:22.04:LTS`, `Ubuntu:Pro:FIPS-updates:20.04:LTS`; null for one that is not known. */
export function ecosystemStream(ecosystem: string): UbuntuStream | null {
  const [, kind, release] = /^Ubuntu:(?:([\w-]+(?::[\w-]+)?):)?(\d\d\.\d\d)(?::LTS)?$/.exec(ecosystem) ?? [];
  if (release === undefined) return null;
  if (kind === undefined) return { release, tier: 'base' };
  if (kind === 'Pro') return { release, tier: 'esm' };
  if (/^Pro:FIPS(?:-updates|-preview)?$/i.test(kind)) return { release, tier: 'fips' };
  return /^Pro:Realtime$/i.test(kind) ? { release, tier: 'realtime' } : null;
}

/** What the package URLs of Canonical say: `pkg:deb/ubuntu/NAME@VERSION?arch=source&distro=esm-infra/focal`. */
export interface UbuntuPurl {
  readonly name: string;
  /** Empty for the release's own archive, else `esm-infra`, `esm-apps`, `fips-updates`, ... */
  readonly pocket: string;
  readonly codename: string;
}

/** A package URL of a source package; null for one of a binary or of another form. */
export function sourcePurl(purl: string): UbuntuPurl | null {
  if (purl.length > 1000 || !purl.includes('arch=source')) return null;
  const [, name, distro] = /^pkg:deb\/ubuntu\/([^@?]+)(?:@[^?]*)?\?(?:.*&)?distro=([^&]+)/.exec(purl) ?? [];
  if (name === undefined || distro === undefined) return null;
  const [first = '', second] = decoded(distro).split('/');
  if (second === undefined) return { name: decoded(name), pocket: '', codename: first };
  // `trusty/esm` was written the other way round.
  return second === 'esm'
    ? { name: decoded(name), pocket: 'esm-infra', codename: first }
    : { name: decoded(name), pocket: first, codename: second };
}

/** `22.04` for `jammy`; null for a codename that is not known. */
export function codenameRelease(codename: string): string | null {
  return Object.hasOwn(ubuntuReleases, codename) ? (ubuntuReleases[codename] ?? null) : null;
}

/** Pockets that hold the packages of a release, mended for longer. */
export function isEsm(pocket: string): boolean {
  return /^esm-(?:infra|apps)(?:-legacy)?$/.test(pocket);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
