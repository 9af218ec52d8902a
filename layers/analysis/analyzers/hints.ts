import { ecosystems, type PackageType } from '#core/ecosystem.ts';
import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { type Hint, readHint } from '../hints/hint.ts';
import { hintedPackage } from '../hints/hinted-package.ts';
import { readJsonFile } from '../texts/json-file.ts';

/**
 * Packages that whoever built the image says are in it (`/anchore_hints.json`), where the settings allow it: they add to what
 * is found and never take its place. Stands after all that find packages.
 */
export function hints({ hints: allowed }: AnalysisSettings): Analyzer {
  return {
    name: 'hints',
    reads: '`/anchore_hints.json`, where settings allow it',
    version: 1,
    settings: String(allowed),
    wants: (path) => allowed && path === 'anchore_hints.json',
    read: readHints,
    assemble: assemblePackages,
  };
}

const maxBytes = 16 * 1024 * 1024;
const maxHints = 10_000;

function* readHints({ content }: WantedFile): Iterable<Fact> {
  const { packages } = readJsonFile(content, maxBytes);
  if (!Array.isArray(packages)) throw new Fault('input/invalid', 'has no list of packages');
  const problems: string[] = [];
  for (const [index, item] of packages.slice(0, maxHints).entries()) {
    const hint = readHint(item);
    if (typeof hint === 'string') problems.push(`number ${index + 1} ${hint}`);
    else yield { key: `${hint.type} ${hint.name} ${hint.version}`, data: hint };
  }
  if (packages.length > maxHints) problems.push(`only the first ${maxHints} of ${packages.length} are read`);
  if (problems.length > 0) throw new Fault('input/invalid', `not all hints can be used: ${listed(problems)}`);
}

function listed(problems: readonly string[]): string {
  const more = problems.length - 10;
  return problems.slice(0, 10).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const hinted = hintedPackage(data as Hint, view.distro, { path, key });
      if (view.found(hinted.type, hinted.name, hinted.version)) {
        view.note(path, `the hint ${hinted.name} ${hinted.version} (${wordOf(hinted.type)}) is left out: it was found`);
      } else yield hinted;
    }
  }
}

function wordOf(type: PackageType): string {
  return ecosystems[type].anchore;
}
