import type { AnalysisSettings } from '#analysis/analysis-settings.ts';
import { analyzeImage } from '#analysis/analyze-image.ts';
import type { AnalysisProgress } from '#analysis/layers/layer-intake.ts';
import { openLayerPool } from '#analysis/layer-pool.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import { findGroup } from '#feeds/feed-group.ts';
import type { SyncProgress } from '#feeds/sync-feed.ts';
import { judgeReport } from '#matching/judge-report.ts';
import { malwareScanner } from '#platform/local/malware-scanner.ts';
import { evaluate } from '#policy/evaluate.ts';
import { factsOf } from '#policy/facts.ts';
import { neededBy, readNeeded } from '#policy/needed-facts.ts';
import { dockerCredentials } from '#registry/client/credentials.ts';
import { dockerFolder } from '#registry/client/docker-folder.ts';
import { openImage } from '#registry/open-image.ts';
import { buildReport } from '#reports/build-report.ts';
import { type Sort, sorts } from '#reports/format.ts';
import type { ImageReport } from '#schema/image-report.ts';
import { analysisOptions, analysisOptionsHelp, readAnalysisOptions } from '../../analysis-options.ts';
import type { Command } from '../command.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import { type OpenWorld, openWorld, text, worldOptions, worldOptionsHelp } from '../open-world.ts';
import { checkOutputs, parseOutputs, writeOutput } from '../outputs.ts';
import { readBundle } from '../read-bundle.ts';
import { megabytes, type Progress, progressOn } from '../progress.ts';
import { defaultTag } from '../scan-tag.ts';
import { scannedBaseImage } from '../scanned-base-image.ts';

/** Feeds older than this are asked for again before an image is judged. */
const feedMaxAgeMs = 24 * 3_600_000;

export const scan: Command = {
  usage: 'scan SOURCE [options]',
  help: `
SOURCE is an image of a registry (alpine:3.20, ghcr.io/me/app@sha256:...), or
  oci:DIR[:TAG]  oci-archive:FILE[:TAG]  docker-archive:FILE[:TAG]  rootfs:DIR

  --platform P         os/arch[/variant] of a multi-platform image (default linux/amd64, or the only one there is)
  -o, --output F       table (default), json or packages; F=FILE writes to a file; repeatable
  --sort ORDER         findings of a table by severity (default) or by risk (EPSS, KEV and CVSS together)
  --policy FILE        policy bundle: a file, or default, strict, cis-docker, nist-800-190 (default: default)
  --tag NAME           what the bundle's mappings see (default: the image's own name)
  --no-wait            judge without feeds that take minutes to load, and say so; by default the scan waits for those that
                       judge the image's own packages
  --plain-http         speak HTTP to a registry that is not on this machine
${analysisOptionsHelp}
${worldOptionsHelp}

Exit code 0: may ship; 1: stopped by policy; 2: could not be scanned.`,
  options: {
    ...worldOptions,
    ...analysisOptions,
    platform: { type: 'string' },
    output: { type: 'string', short: 'o', multiple: true },
    sort: { type: 'string' },
    policy: { type: 'string' },
    tag: { type: 'string' },
    'no-wait': { type: 'boolean' },
    'plain-http': { type: 'boolean' },
  },
  run,
};

async function run(io: Io, values: Values, positionals: readonly string[]): Promise<number> {
  const [source, ...more] = positionals;
  if (source === undefined || source === '')
    throw new Fault('input/invalid', 'scan: give the image to scan; see plimsoll scan --help');
  if (more.length > 0)
    throw new Fault('input/invalid', `scan: '${more[0]}' is one word too many; give one image a command`);
  const outputs = parseOutputs((values['output'] ?? []) as readonly string[]);
  const sort = sortOf(text(values, 'sort') ?? 'severity');
  const bundle = await readBundle(text(values, 'policy'));
  const tag = defaultTag(text(values, 'tag') ?? source);
  const chosen = readAnalysisOptions(values);
  await checkOutputs(outputs);
  await using world = await openWorld(io, values, 'scan');
  using progress = progressOn(io, values['quiet'] === true, () => world.clock.now());
  const analyzed = await analyze(io, world, values, chosen, source, progress);
  const image = { ...analyzed, base: await scannedBaseImage(world, analyzed) };
  const judged = await judgeReport(world.feeds, image, {
    offline: world.offline,
    maxAgeMs: feedMaxAgeMs,
    patient: values['no-wait'] !== true,
    onProgress: (step) => progress.show(feedStep(step)),
  });
  const now = world.clock.now();
  const needed = await readNeeded({ blobs: world.blobs, limits: chosen.limits }, image, neededBy(bundle));
  const verdict = evaluate(bundle, factsOf(image, judged, { tag, dockerfile: null, now, knownSince: now, ...needed }));
  progress[Symbol.dispose]();
  const report = buildReport(image, judged, verdict);
  for (const output of outputs) await writeOutput(io, output, report, sort);
  return verdict.status === 'pass' ? 0 : 1;
}

function sortOf(word: string): Sort {
  const sort = sorts.find((known) => known === word);
  if (sort === undefined) throw new Fault('input/invalid', `--sort ${word}: give one of ${sorts.join(', ')}`);
  return sort;
}

function feedStep({ group, phase, records }: SyncProgress): string {
  const minutes =
    findGroup(group).feed.demand === 'tell' ? ' (takes minutes the first time; --no-wait goes on without)' : '';
  return `feed ${group}: ${phase} ${records}${minutes}`;
}

async function analyze(
  io: Io,
  world: OpenWorld,
  values: Values,
  chosen: { readonly limits: Limits; readonly analysisSettings: AnalysisSettings },
  source: string,
  progress: Progress,
): Promise<ImageReport> {
  const { temporaryFile } = world;
  progress.show(`opening ${source}`);
  await using pool = openLayerPool();
  pool.warm();
  await using image = await openImage(world, source, {
    limits: chosen.limits,
    platform: text(values, 'platform'),
    plainHttp: values['plain-http'] === true,
    credentials: dockerCredentials(dockerFolder(io.env)),
    temporaryFile,
  });
  return await analyzeImage(world, image, {
    ...chosen,
    malware: malwareScanner(chosen.analysisSettings.malware),
    temporaryFile,
    pool,
    onProgress: showLayers(progress),
  });
}

/** Bytes of all layers together: they are read side by side. */
function showLayers(progress: Progress): (step: AnalysisProgress) => void {
  const layers = new Map<string, { readonly done: number; readonly total: number | null }>();
  let known = '';
  return (step) => {
    if (step.kind === 'layers') {
      const updated = step.updated === 0 ? '' : `, ${step.updated} brought up to date`;
      known = `${step.known} of ${step.total} layers known${updated}`;
    }
    if (step.kind === 'bytes') layers.set(String(step.layer), { done: step.done, total: step.total });
    const done = [...layers.values()].reduce((sum, layer) => sum + layer.done, 0);
    const total = [...layers.values()].reduce((sum, layer) => sum + (layer.total ?? layer.done), 0);
    progress.show(`reading layers: ${known}${total === 0 ? '' : `, ${megabytes(done)} of ${megabytes(total)}`}`);
  };
}
