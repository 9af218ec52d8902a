import type { SourceLayer } from '#registry/layer-source.ts';
import type { IncomingReport } from './report-store.ts';

export interface LayerPool extends AsyncDisposable {
  readonly size: number;
  read(layer: SourceLayer, onBytes: (done: number) => void, signal: AbortSignal): IncomingReport;
}
