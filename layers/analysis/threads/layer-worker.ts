import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerData } from './layer-messages.ts';

// The entry of a worker thread: see layer-pool.ts. With the compile cache of the process a thread starts in a third of the
// time, but only for modules that are imported after it is switched on.
if (workerData.compileCache !== undefined) enableCompileCache(workerData.compileCache);
const { makeAnalyzers } = await import('../analyzers.ts');
const { serveLayers } = await import('./serve-layers.ts');
serveLayers(parentPort!, workerData as WorkerData, makeAnalyzers);
