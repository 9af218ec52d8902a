import type { PackageType } from '#core/ecosystem.ts';
import type { Package } from '#core/package.ts';
import { cpeTargets } from './cpe-names.ts';
import type { Judgement } from './judge.ts';

/** How the NVD calls the software that packages of a kind are made for (CPE 2.3, target_sw). */
const targets: Partial<Readonly<Record<PackageType, readonly string[]>>> = {
  npm: ['node.js', 'nodejs'],
  python: ['python', 'pypi'],
  golang: ['go', 'golang'],
  gem: ['ruby', 'ruby_on_rails', 'rails'],
  java: ['java', 'maven'],
  nuget: ['.net', '.net_core', '.net_framework', 'asp.net'],
  composer: ['php', 'composer', 'laravel', 'symfony'],
  cargo: ['rust'],
};

/** Of programs that are no package of a language: they run on the container's system by themselves. */
const systems = ['linux', 'linux_kernel', 'unix'];

/**
 * Whether a record that is for some packages of its name only speaks of this one: of its architecture and its target
 * software. What is not known of a package, as the repository that it came from, it may be.
 */
export function meetsOnly(found: Package, { only, namespace }: Pick<Judgement, 'only' | 'namespace'>): boolean {
  if (only === null) return true;
  const { arch, targetSoftware } = only;
  if (arch !== undefined && found.arch !== null && found.arch !== 'noarch' && !arch.includes(found.arch)) return false;
  if (targetSoftware === undefined || namespace !== 'cpe') return true;
  const own = [...(targets[found.type] ?? systems), ...cpeTargets(found)];
  return targetSoftware.some((target) => own.includes(target));
}
