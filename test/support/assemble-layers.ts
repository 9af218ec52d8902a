import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analyzer } from '#analysis/analyzer.ts';
import { type Assembled, assemble } from '#analysis/assemble.ts';
import { type Composed, compose } from '#analysis/compose.ts';
import { readLayer } from '#analysis/read-layer.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { Note } from '#core/note.ts';
import { layerSource } from './built-source.ts';
import { layer } from './image-builder.ts';
import type { BuildEntry } from './tar-builder.ts';

/** What the engine makes of layers of entries, base first, without a store: read, composed, assembled. */
export async function assembleLayers(
  layers: readonly (readonly BuildEntry[])[],
  analyzers: readonly Analyzer[],
  limits: Limits = defaultLimits,
): Promise<
  Assembled & { readonly composed: Composed; readonly notes: readonly Note[]; readonly diffIds: readonly string[] }
> {
  const temporaryPath = join(tmpdir(), 'plimsoll-test');
  const built = layers.map((entries) => layer(entries, { compression: 'none' }));
  const diffIds = built.map(({ diffId }) => diffId);
  const composable = built.map((it) => ({
    diffId: it.diffId,
    records: readLayer(layerSource(it), { analyzers, limits, temporaryPath }),
  }));
  const composed = await compose(composable, analyzers, limits);
  const { distro, packages, details, notes } = assemble(composed, diffIds, analyzers, limits);
  return { composed, diffIds, distro, packages, details, notes: [...composed.notes, ...notes] };
}
