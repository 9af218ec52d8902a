import { Fault, type FaultCode } from '#core/fault.ts';
import type { Limits } from '#core/limits.ts';
import type { LayerBytes, SourceLayer } from '#registry/layer-source.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { LostRead } from '../layers/fact-reader.ts';
import type { LayerEnd } from '../layers/layer-report.ts';

/**
 * What a layer pool and its workers say to each other. A worker reads one layer at a time. Bytes are acknowledged in both
 * directions, and nobody is more than {@link piecesAhead} pieces ahead of the other.
 */
export type ToWorker =
  | ({ readonly kind: 'read'; readonly layer: SentLayer; readonly temporaryPath: string } & ReadOrder)
  /** A piece of the report was taken. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'input'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: 'input-end'; readonly stream: number }
  | { readonly kind: 'input-fault'; readonly stream: number; readonly fault: SentFault };

/** How a worker is to read a layer. */
export interface ReadOrder {
  readonly limits: Limits;
  readonly settings: AnalysisSettings;
  /** Names of analyzers. */
  readonly analyzers: readonly string[];
  readonly lost: readonly LostRead[];
}

/** What a thread is given when it starts: the compile cache of the process, and where it writes which read it is at. */
export interface WorkerData {
  readonly compileCache: string | undefined;
  /** One number: of the read that goes on (see LostRead), 0 between reads. A thread that hangs cannot send it. */
  readonly reading: Int32Array<SharedArrayBuffer>;
}

export type FromWorker =
  /** The thread has started; until then it is not held to be hanging. */
  | { readonly kind: 'ready' }
  /** Open the stream of the layer from its start, under this number: what comes late of an earlier one is told by its number. */
  | { readonly kind: 'open'; readonly stream: number }
  /** A piece of input was used up. */
  | { readonly kind: 'used' }
  /** No more of the stream is needed. */
  | { readonly kind: 'close' }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly end: LayerEnd }
  | { readonly kind: 'failed'; readonly fault: SentFault };

/** A layer without its `open` function, which does not travel. */
export type SentLayer = Omit<SourceLayer, 'bytes'> & {
  readonly bytes: Exclude<LayerBytes, { kind: 'stream' }> | { readonly kind: 'stream' };
};

/** A Fault as plain data: its class does not travel. */
export interface SentFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export const piecesAhead = 8;

/** Anything thrown, to be sent. */
export function sendFault(thrown: unknown): SentFault {
  const { code, message, detail } = Fault.from(thrown);
  return { code, message, detail: JSON.parse(JSON.stringify(detail)) };
}

/** The Fault that was sent. */
export function receiveFault({ code, message, detail }: SentFault): Fault {
  return new Fault(code, message, { detail });
}
