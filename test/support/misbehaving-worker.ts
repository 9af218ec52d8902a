import { parentPort, workerData } from 'node:worker_threads';
import type { Analyzer } from '#analysis/analyzer.ts';
import type { WorkerData } from '#analysis/threads/layer-messages.ts';
import { serveLayers } from '#analysis/threads/serve-layers.ts';
import { lineAnalyzer } from './line-analyzer.ts';

/** Does to its own thread what files named `*.do` say. */
const misbehaving: Analyzer = {
  name: 'misbehaving',
  reads: 'files of tests',
  version: 1,
  wants: (path) => path.endsWith('.do'),
  read(file) {
    const order = Buffer.from(file.content.all()).toString();
    if (order === 'exit') process.exit(3);
    if (order === 'spin') for (;;);
    if (order === 'busy') for (const end = Date.now() + 800; Date.now() < end; );
    if (order === 'grow')
      for (const kept: unknown[] = []; ; ) kept.push({ at: kept.length, text: `kept ${kept.length}` });
    return [];
  },
  assemble: () => [],
};

serveLayers(parentPort!, workerData as WorkerData, () => [lineAnalyzer, misbehaving]);
