import type { RandomAccess } from '../analyzer.ts';
import { lines } from '../texts/rfc822.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { isGem } from './gem-identity.ts';

/** A gem that a lock file names. */
export interface LockedGem {
  readonly name: string;
  readonly version: string;
  /** The git repository and commit it is taken from, as package URLs say it. */
  readonly vcsUrl?: string;
  readonly requires?: readonly string[];
}

const maxGems = 20_000;
const maxRequires = 500;
/** The largest known has some 100 kB. */
const maxBytes = 4 * 1024 * 1024;

/**
 * The gems that a Gemfile.lock names (bundler/lockfile_parser.rb), each version once: the lock names a gem once for each
 * platform it may be compiled for. Gems of paths are the project's own and left out. What follows no such lines is skipped; throws
 * `input/too-large` over 4 MiB.
 */
export function readGemfileLock(content: RandomAccess): readonly LockedGem[] {
  const gems = new Map<string, { name: string; version: string; vcsUrl: string | null; requires: Set<string> }>();
  let section = '';
  let source = new Map<string, string>();
  let requires: Set<string> | null = null;
  for (const line of lines(new TextDecoder().decode(content.all(maxBytes)))) {
    const indent = line.search(/\S/);
    const text = line.trim();
    if (indent === 0) {
      section = text;
      source = new Map();
    } else if (indent === 2) {
      const [, key, value] = /^(\w+):\s*(.*)$/.exec(text) ?? [];
      if (key !== undefined && value !== undefined) source.set(key, value);
    } else if (indent === 4 && (section === 'GEM' || section === 'GIT')) {
      requires = null;
      const [, name = '', both = ''] = /^(\S+) \(([^()\s]+)\)$/.exec(text) ?? [];
      const version = withoutPlatform(both);
      if (!isGem(name, version)) continue;
      const key = `${name} ${version}`;
      const known = gems.get(key);
      if (known === undefined && gems.size === maxGems) break;
      const from = section === 'GIT' ? vcsUrl(source.get('remote'), source.get('revision')) : null;
      const gem = known ?? { name, version, vcsUrl: from, requires: new Set() };
      gems.set(key, gem);
      requires = gem.requires;
    } else if (indent === 6 && requires !== null && requires.size < maxRequires) {
      const name = text.split(' ', 1)[0]!.replace(/!$/, '');
      if (isGem(name, '0')) requires.add(name);
    }
  }
  return [...gems.values()].map((gem) => ({
    name: gem.name,
    version: gem.version,
    ...(gem.vcsUrl === null ? {} : { vcsUrl: gem.vcsUrl }),
    ...(gem.requires.size === 0 ? {} : { requires: [...gem.requires].sort() }),
  }));
}

/** `1.16.5-x86_64-linux`: a version of a gem has a dash only before its platform. */
function withoutPlatform(text: string): string {
  return text.split('-', 1)[0]!;
}
