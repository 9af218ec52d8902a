import { defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { makeAnalyzers } from '#analysis/analyzers.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import type { Log } from '#core/log.ts';
import { malwareScanner } from '#platform/local/malware-scanner.ts';
import { readAnalysisChoices } from '#schema/analysis-choices.ts';
import { environment } from '#schema/deployment.ts';
import { type AwsWorld, openAwsWorld } from '../aws-world.ts';

/** The world of an analyzer task, with worker threads. Throws `state/not-found` for a setting that is missing, `input/invalid` for one that is wrong. */
export function openAnalyzerWorld(log: Log): AwsWorld {
  const world = openAwsWorld({ log, patienceMs: 45_000, deadLetters: true });
  for (const name of ['queueUrlPrefix', 'cluster', 'databaseSecret', 'database', 'blobs'] as const)
    world.settings.required(name);
  const chosen = readAnalysisChoices(world.settings.optional('analysis') ?? '{}', environment.analysis);
  const analysisSettings = { ...defaultAnalysisSettings, ...chosen };
  // Patterns, globs and the place of the scanner are tried before an image is taken.
  makeAnalyzers(analysisSettings);
  const malware = malwareScanner(analysisSettings.malware);
  return { ...world, analysisSettings, malware, pool: openLayerPool(threadScript()) };
}

/** The container image holds the thread's code as a bundle beside this one. */
function threadScript(): { readonly script?: URL } {
  return import.meta.url.endsWith('.mjs') ? { script: new URL('./layer-worker.mjs', import.meta.url) } : {};
}
