import type { Digest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import { defaultLimits, type Limits } from '#core/limits.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Platform } from '#platform/platform.ts';
import type { ImageReport } from '#schema/image-report.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import { defaultAnalysisSettings } from './analysis-settings.ts';
import type { Analyzer, ImageView, OwnedFile } from './analyzer.ts';
import { memberName } from './analyzer-set.ts';
import { makeAnalyzers } from './analyzers.ts';
import { type Composed, type ComposedFile, compose } from './compose.ts';
import { checkFile, type FileState } from './os/check-file.ts';
import { otherReports, readLayerReport } from './report-store.ts';

/** A file of a package of the distribution: what the package's database says of it, what is there, and how they compare. */
export interface FileCheck extends OwnedFile {
  /** Null when nothing is there; links are not followed. */
  readonly actual: ComposedFile | null;
  readonly state: FileState;
}

/**
 * Every file that packages of the distribution own in an analyzed image, compared with their databases (`rpm --verify`, `dpkg
 * --verify`, `apk audit`), composed again from the layer reports; a file that two packages list comes twice. rpm, pacman and Chisel know
 * files by sha256, which is always at hand; files of dpkg, opkg, Portage (md5) and apk (sha1) are `unread` unless the image was
 * analyzed with these `fileDigests`. That a configuration file (`expected.config`) was changed is told as of any other.
 *
 * Throws `state/not-found` for an image that was imported, and `data/corrupt` when a layer report is gone, damaged or was read by other
 * versions: the image is then to be analyzed again.
 */
export async function* listFileChecks(
  world: Pick<Platform, 'blobs'>,
  report: Pick<ImageReport, 'analyzers' | 'layers' | 'details' | 'imported'>,
  limits: Limits = defaultLimits,
): AsyncGenerator<FileCheck, void> {
  if (report.imported === true)
    throw new Fault('state/not-found', 'the image was imported, which tells no files: add it by its tag to have them');
  const layers = report.layers.map(({ diffId }) => ({
    diffId,
    records: checkedRecords(world.blobs, report.analyzers, diffId as Digest),
  }));
  const composed = await compose(layers, readers, limits);
  const users = new Map(report.details.users.map(({ name, uid }) => [name, uid]));
  // A user's own group is called like the user; etc/group itself is not read.
  const groups = new Map(report.details.users.map(({ name, gid }) => [name, gid]));
  const digests = digestsByPath(composed);
  for (const analyzer of owners) {
    for (const one of analyzer.owned!(viewOf(composed, analyzer.name))) {
      const path = one.path.slice(1);
      const actual = composed.lookup(path);
      const state = checkFile(one.expected, actual, digests.get(path) ?? none, { users, groups });
      yield { ...one, actual, state };
    }
  }
}

const none: ReadonlyMap<string, string> = new Map();

const digestMaker = 'file-digests';
const all = makeAnalyzers({ ...defaultAnalysisSettings, fileDigests: ['md5', 'sha1'] });
const owners = all.filter(({ owned }) => owned !== undefined);
const readers = all.filter((analyzer) => owners.includes(analyzer) || analyzer.name === digestMaker);

async function* checkedRecords(blobs: Blobs, analyzerSet: string, diffId: Digest): AsyncGenerator<LayerRecord, void> {
  const names = new Set(readers.map(({ name }) => name));
  for await (const record of await usableReport(blobs, analyzerSet, diffId)) {
    if (record.kind === 'head' && !isUsable(record)) throw gone(diffId);
    if (record.kind !== 'note' && (record.kind !== 'facts' || names.has(record.analyzer))) yield record;
  }
}

/** The report that the image was composed of, or, where it made room for a later one, any that the same readers made. */
async function usableReport(blobs: Blobs, analyzerSet: string, diffId: Digest): Promise<AsyncIterable<LayerRecord>> {
  const own = await readLayerReport(blobs, analyzerSet, diffId);
  if (own !== null) return own;
  const other = (await otherReports(blobs, analyzerSet, diffId)).find(isUsable);
  const records = other === undefined ? null : await readLayerReport(blobs, other.analyzers, diffId);
  if (records === null) throw gone(diffId);
  return records;
}

function isUsable({ members }: Extract<LayerRecord, { kind: 'head' }>): boolean {
  return owners.every((analyzer: Analyzer) => members.includes(memberName(analyzer)));
}

function gone(diffId: Digest): Fault {
  return new Fault(
    'data/corrupt',
    `the report of the layer ${diffId} is not stored as it is read now; analyze the image again`,
    { detail: { diffId } },
  );
}

function digestsByPath(composed: Composed): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    composed
      .facts(digestMaker)
      .map(({ path, facts }) => [path, new Map(facts.map(({ key, data }) => [key, String(data)]))]),
  );
}

/** Databases say the same of their files whoever asks: problems were noted when the image was analyzed. */
function viewOf(composed: Composed, analyzer: string): ImageView {
  return {
    distro: null,
    facts: composed.facts(analyzer),
    resolve: (path) => composed.resolve(path),
    lookup: (path) => composed.lookup(path),
    files: () => composed.files(),
    found: () => false,
    note: () => {},
  };
}
