import type { AffectedRange } from '../advisory.ts';
import { lowestFixes } from '../fix-choice.ts';
import { type ArchRange, archRanges } from '../oval/arch-ranges.ts';
import type { OvalDefinition, OvalPackage } from '../oval/oval-definition.ts';
import { ovalStretch } from '../oval/oval-stretch.ts';

/**
 * What an erratum says of packages, by release of Oracle Linux.
 *
 * A build of a module has its stream in the criteria or, in older errata, only in the title. Lines of the kernel UEK live side
 * by side in one release, and each has errata of its own: an erratum of the line 5.15.0 says nothing of a kernel 5.4.17.
 * Several builds in one erratum (`-1.el8`, `-1.0.1.el8`) all hold the mend, so the lowest counts.
 */
export function oracleRanges(definition: OvalDefinition): {
  readonly ranges: readonly AffectedRange[];
  readonly problems: readonly string[];
} {
  const titled = [...definition.title.matchAll(/(?<![\w:])[a-z][\w+.-]*:[\w.+-]+(?![\w:])/g)].map(([stream]) => stream);
  const problems = new Set<string>();
  const said: ArchRange[] = [];
  for (const one of definition.packages) {
    const namespaces = one.products.flatMap((product) => /^Oracle Linux (\d{1,2})$/.exec(product)?.[1] ?? []);
    if (namespaces.length === 0) problems.add(`${one.name} is for '${one.products.join(', ').slice(0, 100)}'`);
    const stretch = ovalStretch(one.tests);
    if (stretch === null) problems.add(`the versions of ${one.name} cannot be read`);
    const names = namesOf(one, titled);
    if (names.length === 0) problems.add(`${one.name} is built for a module whose stream is not said`);
    if (stretch === null) continue;
    const introduced = stretch.introduced ?? kernelLine(one.name, stretch.fixed);
    for (const release of namespaces)
      for (const name of names)
        said.push({ arch: one.arch, range: { namespace: `ol:${release}`, name, ...stretch, introduced } });
  }
  return { ranges: archRanges(said, lowestFixes), problems: [...problems] };
}

function namesOf({ name, module, tests }: OvalPackage, titled: readonly string[]): readonly string[] {
  if (module !== null) return [`${module}/${name}`];
  if (!tests.some(({ value }) => /\.module[_+]/.test(value))) return [name];
  return titled.map((stream) => `${stream}/${name}`);
}

function kernelLine(name: string, fixed: string | null): string | null {
  if (!name.startsWith('kernel-uek')) return null;
  return fixed?.slice(0, Math.max(0, fixed.lastIndexOf('-'))) || null;
}
