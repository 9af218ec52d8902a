import type { Analyzer } from '#analysis/analyzer.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { Package } from '#core/package.ts';
import type { ImageDetails } from '#schema/image-report.ts';
import { assembleLayers } from './assemble-layers.ts';
import type { BuildEntry } from './tar-builder.ts';

/** Content by path, or what else there is at a path. */
export type DescribedFiles = Readonly<Record<string, string | Uint8Array | Omit<BuildEntry, 'path'>>>;

/** What the engine makes of one layer by one analyzer; notes are `path: problem`. */
export async function describeFiles(
  analyzer: Analyzer,
  files: DescribedFiles,
  limits: Limits = defaultLimits,
): Promise<{
  readonly details: ImageDetails;
  readonly packages: readonly Package[];
  readonly notes: readonly string[];
}> {
  const entries = Object.entries(files).map(([path, file]) =>
    typeof file === 'string' || file instanceof Uint8Array ? { path, content: file } : { path, ...file },
  );
  const { details, packages, notes } = await assembleLayers([entries], [analyzer], limits);
  return { details, packages, notes: notes.map(({ path, problem }) => `${path}: ${problem}`) };
}
