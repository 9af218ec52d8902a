import { type Digest, finishDigest, startDigest } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import { stopwatch } from '#platform/stopwatch.ts';
import type { SourceLayer } from '#registry/layer-source.ts';
import type { TarEntry } from '#registry/tar/tar-stream.ts';
import type { FileEntry, LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer, RandomAccess } from './analyzer.ts';
import { type AnalyzerSet, analyzerSetOf } from './analyzer-set.ts';
import { FactReader, type FactReaderOptions } from './layers/fact-reader.ts';
import { LinkedFiles } from './layers/linked-files.ts';
import { layerName } from './layers/layer-name.ts';
import type { LayerHead } from './layers/layer-report.ts';
import { LayerNotes, layerItself } from './layers/layer-notes.ts';
import { openLayerPass } from './layers/layer-pass.ts';
import { type ReadBody, readBody } from './layers/read-body.ts';
import { readWhiteout } from './layers/whiteout.ts';

export interface ReadLayerOptions extends Partial<FactReaderOptions> {
  readonly analyzers: readonly Analyzer[];
  readonly limits: Limits;
  /** Unnamed temporary files are opened beside this path, for files too large to be held in memory. */
  readonly temporaryPath: string;
  /** Hears how many stored bytes were read so far. */
  readonly onBytes?: (done: number) => void;
}

/**
 * Reads one layer in one streaming pass and gives its records, head first and `end` last. Nothing is unpacked, and no
 * more than one file and what hard links need is held in memory. The `end` record comes only after both digests were
 * verified; before it, every record is a rumour. A hard link that an analyzer wants although it did not want the file
 * behind it costs a second pass over the layer, for all such links together.
 *
 * Throws `image/digest-mismatch`, `image/too-large` (with the name of the limit) and `image/corrupt`; whatever concerns
 * a single file only is a note.
 */
export async function* readLayer(layer: SourceLayer, options: ReadLayerOptions): AsyncGenerator<LayerRecord, void> {
  yield headOf(analyzerSetOf(options.analyzers, options.limits));
  const reading = new LayerReading(layer, options);
  for await (const lot of reading.firstPass()) for (const record of lot) yield record;
  yield* reading.secondPass();
  yield* reading.closing();
}

/** The first record of a report that this set makes. */
export function headOf({ name, engine, members }: AnalyzerSet): LayerHead {
  return { kind: 'head', version: 1, analyzers: name, engine, members };
}

/** Measured: beyond this the waiting that is left takes no time. */
const lotLength = 64;

class LayerReading {
  readonly #layer: SourceLayer;
  readonly #options: ReadLayerOptions;
  readonly #facts: FactReader;
  readonly #linked: LinkedFiles;
  readonly #notes: LayerNotes;
  /** A folder has no bytes to be named by: its diff_id is the digest of its listing. */
  readonly #listing = startDigest();
  #entries = 0;
  #fileBytes = 0;
  #diffId: Digest | null = null;
  #size = 0;
  #inflated = 0;

  constructor(layer: SourceLayer, options: ReadLayerOptions) {
    this.#layer = layer;
    this.#options = options;
    this.#facts = new FactReader(options.analyzers, options.limits, { elapsed: stopwatch, ...options });
    this.#linked = new LinkedFiles(this.#facts);
    this.#notes = new LayerNotes(
      layer.diffId,
      options.analyzers.map(({ name }) => name),
      options.limits.notes,
    );
  }

  /** Records in lots: to wait for each of millions takes longer than to make it. */
  async *firstPass(): AsyncGenerator<readonly LayerRecord[], void> {
    const { limits, onBytes = () => {} } = this.#options;
    let lot: LayerRecord[] = [];
    await using pass = openLayerPass(this.#layer, limits, onBytes);
    for await (const entry of pass.entries) {
      this.#entries += 1;
      if (this.#entries > limits.layerEntries) this.#refuseEntries();
      const made = this.#recordsOf(entry);
      const records = made instanceof Promise ? await made : made;
      lot.push(...records);
      // Facts may be large: they wait for nothing.
      if (lot.length >= lotLength || records.length > 1) {
        yield lot;
        lot = [];
      }
      if (this.#layer.bytes.kind === 'folder') onBytes(this.#fileBytes);
    }
    yield lot;
    const { diffId, size, inflated } = await pass.finish();
    this.#diffId = diffId ?? finishDigest(this.#listing);
    this.#size = diffId === null ? this.#fileBytes : size;
    this.#inflated = diffId === null ? this.#fileBytes : inflated;
  }

  async *secondPass(): AsyncGenerator<LayerRecord, void> {
    const { limits } = this.#options;
    if (this.#linked.count === 0) return;
    await using pass = openLayerPass(this.#layer, limits, () => {});
    for await (const entry of pass.entries) {
      const links = entry.type === 'file' && entry.problem === null ? this.#linked.to(entry.path) : [];
      if (links.length === 0) continue;
      using body = await readBody(entry, limits, this.#options.temporaryPath, true);
      for (const link of links) yield* this.#factRecords(link.path, link.analyzers, body, entry.mode);
    }
    await pass.finish();
  }

  *closing(): Generator<LayerRecord, void> {
    for (const { analyzer, problem } of this.#facts.closing()) yield* this.#notes.add(analyzer, null, problem);
    yield* this.#notes.closing();
    yield {
      kind: 'end',
      diffId: this.#diffId!,
      digest: this.#layer.digest,
      size: this.#size,
      inflated: this.#inflated,
      entries: this.#entries,
    };
  }

  #recordsOf(entry: TarEntry): LayerRecord[] | Promise<LayerRecord[]> {
    if (entry.problem !== null) return [...this.#notes.add(layerItself, entry.path, entry.problem)];
    // A folder is a final file system: a name such as `.wh.x` in it is a file like any other.
    const whiteout = this.#layer.bytes.kind === 'folder' ? null : readWhiteout(entry.path);
    if (whiteout !== null) {
      if (whiteout.kind === 'ignored') return [];
      if (whiteout.kind === 'problem') return [...this.#notes.add(layerItself, entry.path, whiteout.problem)];
      return [whiteout];
    }
    if (entry.type === 'file') return this.#fileRecords(entry);
    if (entry.type === 'hardlink' && entry.link !== null) {
      return [this.#fileRecord(entry, 0, null), ...this.#linkNotes(entry.path, entry.link)];
    }
    return [this.#fileRecord(entry, 0, null)];
  }

  *#linkNotes(path: string, link: string): Generator<LayerRecord, void> {
    const found = this.#linked.add(path, link);
    if (found === null) return;
    const names = found.analyzers === 'all' ? [layerItself] : found.analyzers.map(({ name }) => name);
    for (const name of names) yield* this.#notes.add(name, path, found.problem);
  }

  #fileRecords(entry: TarEntry): LayerRecord[] | Promise<LayerRecord[]> {
    const { limits, temporaryPath } = this.#options;
    const wanted = this.#facts.wantedBy(entry.path, entry.size, entry.mode);
    const tooLarge = entry.size > limits.fileBytes;
    const body = readBody(entry, limits, temporaryPath, wanted.length > 0 && !tooLarge);
    return body instanceof Promise
      ? body.then((read) => this.#bodyRecords(entry, wanted, read))
      : this.#bodyRecords(entry, wanted, body);
  }

  #bodyRecords(entry: TarEntry, wanted: readonly Analyzer[], read: ReadBody): LayerRecord[] {
    using body = read;
    this.#fileBytes += body.size;
    this.#linked.remember(entry.path, { size: body.size, mode: entry.mode });
    const records = [this.#fileRecord(entry, body.size, body.sha256)];
    if (wanted.length > 0) records.push(...this.#factRecords(entry.path, wanted, body, entry.mode));
    return records;
  }

  *#factRecords(path: string, wanted: readonly Analyzer[], body: ReadBody, mode: number): Generator<LayerRecord, void> {
    if (body.content === null) {
      const problem = `not read: ${body.size} bytes pass the limit fileBytes of ${this.#options.limits.fileBytes}`;
      for (const analyzer of wanted) yield* this.#notes.add(analyzer.name, path, problem);
      return;
    }
    const { limits } = this.#options;
    const file = { path, size: body.size, mode, content: wholeUpTo(body.content, limits), limits };
    for (const analyzer of wanted) {
      const { facts, problem } = this.#facts.read(analyzer, file);
      if (facts.length > 0) yield { kind: 'facts', analyzer: analyzer.name, path, facts };
      if (problem !== null) yield* this.#notes.add(analyzer.name, path, problem);
    }
  }

  #fileRecord(entry: TarEntry, size: number, sha256: string | null): LayerRecord {
    const { path, mode, uid, gid, link } = entry;
    const file: FileEntry = { path, type: entry.type, mode, uid, gid, size, sha256, link };
    if (this.#layer.bytes.kind === 'folder') {
      this.#listing.update(`${JSON.stringify([path, file.type, mode, uid, gid, size, sha256, link])}\n`);
    }
    return { kind: 'file', ...file };
  }

  #refuseEntries(): never {
    const most = this.#options.limits.layerEntries;
    throw new Fault(
      'image/too-large',
      `the layer ${layerName(this.#layer)} has more than ${most} entries (limit layerEntries); raise the limit to analyze it`,
      { detail: { limit: 'layerEntries', most, layer: layerName(this.#layer) } },
    );
  }
}

/** The limit for what is parsed whole stands above what each analyzer asks for. */
function wholeUpTo({ size, read, all }: RandomAccess, { jsonBytes }: Limits): RandomAccess {
  return { size, read, all: (limit = jsonBytes) => all(Math.min(limit, jsonBytes)) };
}
