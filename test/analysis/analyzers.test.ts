import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AnalysisSettings, defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { analyzerSet, analyzers, makeAnalyzers } from '#analysis/analyzers.ts';
import { nameAnalyzerSet } from '#analysis/analyzer-set.ts';
import type { ImageDetails } from '#schema/image-report.ts';
import { assembleLayers } from '#test/support/assemble-layers.ts';
import { caseLayers } from '#test/support/case-layers.ts';
import type { BuildEntry } from '#test/support/tar-builder.ts';

/**
 * Each `test/analysis/ANALYZER/CASE/` is a small real file tree: `tree/`, or `layers/1`, `layers/2`, ... with whiteouts as
 * files. `want.json` says what the engine must make of it: `distro` (the fields given), `packages` (all, in order, the
 * fields given), `details` (the lists given, whole) and `notes` (all, in order, the fields given; none when left out).
 * `settings` are those that differ from what holds when nobody chose, `modes` (octal, by path) what git does not keep.
 */
interface Want {
  readonly distro?: Readonly<Record<string, unknown>> | null;
  readonly packages: readonly Readonly<Record<string, unknown>>[];
  readonly details?: Partial<ImageDetails>;
  readonly notes?: readonly Readonly<Record<string, unknown>>[];
  readonly settings?: Partial<AnalysisSettings>;
  readonly modes?: Readonly<Record<string, string>>;
}

for (const { name } of analyzers) {
  const folder = join(import.meta.dirname, name);
  const cases = existsSync(folder)
    ? readdirSync(folder).filter((one) => existsSync(join(folder, one, 'want.json')))
    : [];

  test(`the analyzer ${name} has a case`, () => assert.notEqual(cases.length, 0, `${folder} has no CASE/want.json`));

  for (const one of cases) {
    test(`${name} reads ${one.replaceAll('-', ' ')}`, async () => {
      const want = JSON.parse(readFileSync(join(folder, one, 'want.json'), 'utf8')) as Want;
      const chosen = makeAnalyzers({ ...defaultAnalysisSettings, ...want.settings });
      const found = await assembleLayers(withModes(await caseLayers(join(folder, one)), want.modes ?? {}), chosen);
      assert.deepEqual(fieldsOf(found.packages, want.packages), want.packages);
      if (want.details !== undefined) assert.deepEqual(fieldsOf([found.details], [want.details])[0], want.details);
      assert.deepEqual(fieldsOf(found.notes, want.notes ?? []), want.notes ?? []);
      if (want.distro !== undefined) assert.deepEqual(fieldsOf([found.distro], [want.distro])[0], want.distro);
    });
  }
}

test('analyzers have names of their own, and the set is named by all names and versions', () => {
  assert.equal(new Set(analyzers.map(({ name }) => name)).size, analyzers.length);
  assert.match(analyzerSet, /^[0-9a-f]{16}$/);
  assert.equal(nameAnalyzerSet(analyzers.toReversed()), analyzerSet);
  const [first, ...rest] = analyzers;
  assert.notEqual(nameAnalyzerSet([{ ...first!, version: first!.version + 1 }, ...rest]), analyzerSet);
  assert.notEqual(nameAnalyzerSet(rest), analyzerSet);
});

function withModes(layers: readonly BuildEntry[][], modes: Readonly<Record<string, string>>): BuildEntry[][] {
  const changed = (entry: BuildEntry) => {
    const mode = modes[entry.path];
    return mode === undefined ? entry : { ...entry, mode: Number.parseInt(mode, 8) };
  };
  return layers.map((entries) => entries.map(changed));
}

/** What was found, cut down to the fields that are wanted of the one at the same place. */
function fieldsOf(found: readonly unknown[], wanted: readonly (object | null)[]): unknown[] {
  return found.map((one, index) => {
    const want = wanted[index];
    if (one === null || want === null || want === undefined) return one;
    return Object.fromEntries(Object.keys(want).map((key) => [key, (one as Record<string, unknown>)[key]]));
  });
}
