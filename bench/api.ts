import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Times the API as it is deployed: its built bundle in a process of its own answers events of API Gateway, with the fake of the Data API
 * over PGlite on loopback as its database. An image of 400 packages, of which one in eight is affected, came in by the functions and
 * the task that would do it. Cold imports are those of fresh processes without a compile cache; bundles are minified.
 */
const worker = fork(fileURLToPath(new URL('api-estate.ts', import.meta.url)), {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
worker.on('message', (line) => console.log(line));
const [code] = await once(worker, 'exit');
process.exitCode = code as number;
