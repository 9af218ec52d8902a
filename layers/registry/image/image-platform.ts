import { Fault } from '#core/fault.ts';

/** An operating system and processor as images name them. */
export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

/** What is taken from an image for several platforms when none is asked for. */
export const defaultPlatform: ImagePlatform = { os: 'linux', architecture: 'amd64', variant: null };

/** Which images of an index are wanted: those for these platforms, or all but those for Windows. */
export type WantedPlatforms = 'all' | readonly ImagePlatform[];

/** What is analyzed of an index when nobody chose: what most of the world runs on. */
export const defaultPlatforms: WantedPlatforms = [
  defaultPlatform,
  { os: 'linux', architecture: 'arm64', variant: null },
];

/** Reads `all`, or platforms separated by commas. Throws `input/invalid`. */
export function parsePlatforms(text: string): WantedPlatforms {
  return text === 'all' ? text : text.split(',').map(parsePlatform);
}

/** Reads `os/arch[/variant]`; a name alone is an architecture of linux. Throws `input/invalid` for another form. */
export function parsePlatform(text: string): ImagePlatform {
  const parts = text.split('/');
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]{1,64}$/.test(part))) {
    throw new Fault(
      'input/invalid',
      `'${text.slice(0, 100)}' is not a platform; write os/arch or os/arch/variant, as linux/arm64`,
    );
  }
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0]!] : parts;
  return named({ os: os!, architecture: architecture!, variant: variant ?? null });
}

/** `os/arch[/variant]`. */
export function formatPlatform(platform: ImagePlatform): string {
  const { os, architecture, variant } = platform;
  return `${os}/${architecture}${variant === null || variant === '' ? '' : `/${variant}`}`;
}

/**
 * How well an offered platform does for the one wanted: 0 is exact, more is worse, null is not at all. A processor runs what
 * was built for an older variant of it; a wanted platform without variant takes any, arm v7 first (the rules of containerd's
 * platforms package).
 */
export function platformRank(wanted: ImagePlatform, offered: ImagePlatform): number | null {
  const [want, have] = [normal(wanted), normal(offered)];
  if (want.os !== have.os || want.architecture !== have.architecture) return null;
  if (want.variant === have.variant) return 0;
  const [level, other] = [levelOf(want), levelOf(have)];
  if (level !== null && other !== null && other <= level) return level - other;
  // Nothing said about the variant: what needs a newer processor comes last.
  return wanted.variant === null ? 100 + (other ?? 100) : null;
}

const architectures: Readonly<Record<string, readonly [string, string | null]>> = {
  x86_64: ['amd64', null],
  'x86-64': ['amd64', null],
  i386: ['386', null],
  aarch64: ['arm64', null],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** The variant that a processor without one means. */
const usual: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

/** The same platform under the names that images use; a variant that nobody gave stays null. */
function named(platform: ImagePlatform): ImagePlatform {
  const lower = platform.architecture.toLowerCase();
  const [architecture, implied] = architectures[lower] ?? [lower, null];
  const given = platform.variant?.toLowerCase().replace(/^(\d)/, 'v$1') ?? '';
  return { os: platform.os.toLowerCase(), architecture, variant: given === '' ? implied : given };
}

function normal(platform: ImagePlatform): ImagePlatform {
  const { os, architecture, variant } = named(platform);
  return { os, architecture, variant: variant ?? usual[architecture] ?? null };
}

function levelOf(platform: ImagePlatform): number | null {
  const level = /^v(\d+)(?:\.\d+)?$/.exec(platform.variant ?? '')?.[1];
  return level === undefined ? null : Number(level);
}
