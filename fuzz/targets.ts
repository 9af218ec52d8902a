import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { makeAnalyzers } from '#analysis/analyzers.ts';
import { analyzerTarget } from './analyzer-target.ts';
import { formatTargets } from './format-targets.ts';
import type { FuzzTarget, Seed } from './fuzz-target.ts';
import { fixtureFiles, imageFiles } from './seed-files.ts';

/** With all that is off when nobody chose. */
const analyzers = makeAnalyzers({
  ...defaultAnalysisSettings,
  hints: true,
  contentPatterns: [{ name: 'any', regex: '(?i)a+b?|(x|y)*z' }],
  retrievedFiles: ['/etc/**'],
});

/** All that is fuzzed: every analyzer of the list, then the formats below them. With `images` also over files of real images. */
export async function openTargets({ images }: { readonly images: boolean }): Promise<readonly FuzzTarget[]> {
  const wanted = (path: string, size: number, mode: number) => analyzers.some((one) => one.wants(path, size, mode));
  const files: readonly Seed[] = [...fixtureFiles(), ...(images ? await imageFiles(wanted) : [])];
  const all = [...analyzers.map((analyzer) => analyzerTarget(analyzer, () => files)), ...formatTargets(() => files)];
  return all.filter((target) => target.seeds().length > 0);
}
