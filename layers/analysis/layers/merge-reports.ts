import { Fault } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { LayerRecord } from '#schema/layer-report.ts';
import type { Analyzer } from '../analyzer.ts';
import { FactReader } from './fact-reader.ts';
import { layerItself } from './layer-notes.ts';
import type { LayerHead } from './layer-report.ts';
import { LinkedFiles } from './linked-files.ts';

/** Whether one of the analyzers wants a file or a hard link of the layer, told by what was listed of it before. */
export async function wantsAny(
  analyzers: readonly Analyzer[],
  records: AsyncIterable<LayerRecord>,
  limits: Limits,
): Promise<boolean> {
  const facts = new FactReader(analyzers, limits, { elapsed: () => 0 });
  const linked = new LinkedFiles(facts);
  for await (const record of records) {
    if (record.kind !== 'file') continue;
    const { path, type, size, mode, link } = record;
    if (type === 'hardlink' && link !== null) linked.add(path, link);
    if (linked.count > 0) return true;
    if (type !== 'file') continue;
    if (facts.wantedBy(path, size, mode).length > 0) return true;
    linked.remember(path, { size, mode });
  }
  return false;
}

/** An earlier report under another head, with what is still good of it: all of a layer that has nothing that is wanted anew. */
export async function* keepOf(
  earlier: AsyncIterable<LayerRecord>,
  head: LayerHead,
  kept: ReadonlySet<string>,
): AsyncGenerator<LayerRecord, void> {
  for await (const record of earlier) {
    const by = analyzerOf(record);
    if (record.kind === 'head') yield head;
    else if (by === null || kept.has(by)) yield record;
  }
}

/**
 * What is kept of an earlier report of a layer together with a new one by all other analyzers: record for record what one
 * pass by all of them gives, but for the order of facts about hard links. Nothing but the two next records is held. Throws
 * `data/corrupt` with the diff_id when the two do not tell of the same files in the same order.
 */
export async function* mergeReports(
  kept: AsyncGenerator<LayerRecord, void>,
  fresh: AsyncGenerator<LayerRecord, void>,
  analyzers: readonly Analyzer[],
  diffId: string,
): AsyncGenerator<LayerRecord, void> {
  const order = new Map(analyzers.map(({ name }, index) => [name, index]));
  const rankOf = (record: LayerRecord) => order.get(analyzerOf(record) ?? '') ?? Number.POSITIVE_INFINITY;
  await using before = new Ahead(kept);
  await using now = new Ahead(fresh);
  for (;;) {
    const [a, b] = [await before.peek(), await now.peek()];
    if (a === null && b === null) return;
    if (a === null || b === null) break;
    const difference = rankOf(a) - rankOf(b);
    if (difference < 0) yield before.take();
    else if (difference > 0) yield now.take();
    else if (!isSame(a, b)) break;
    else {
      yield a.kind === 'head' ? a : b;
      before.take();
      now.take();
    }
  }
  throw new Fault('data/corrupt', `an earlier report of the layer ${diffId} tells of other files than the layer has`, {
    detail: { diffId },
  });
}

/** Who made a record; null for what every set says alike: of the layer, not of what an analyzer makes of it. */
function analyzerOf(record: LayerRecord): string | null {
  if (record.kind !== 'facts' && record.kind !== 'note') return null;
  return record.analyzer === layerItself ? null : record.analyzer;
}

/** Two records that every set makes alike. Infinity less Infinity is no number, so such a pair is neither before nor after. */
function isSame(a: LayerRecord, b: LayerRecord): boolean {
  return a.kind === b.kind && ('path' in a ? a.path : null) === ('path' in b ? b.path : null);
}

/** Records with the next one looked at before it is taken. */
class Ahead implements AsyncDisposable {
  readonly #records: AsyncGenerator<LayerRecord, void>;
  #next: LayerRecord | null | undefined;

  constructor(records: AsyncGenerator<LayerRecord, void>) {
    this.#records = records;
  }

  /** The next record; null at the end. */
  async peek(): Promise<LayerRecord | null> {
    if (this.#next === undefined) this.#next = (await this.#records.next()).value ?? null;
    return this.#next;
  }

  /** The record that was looked at. */
  take(): LayerRecord {
    const record = this.#next!;
    this.#next = undefined;
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#records.return();
  }
}
