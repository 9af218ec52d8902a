import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureImport } from '#platform/aws/ensure-import.ts';
import { pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { stagingWorld } from '#test/support/staging-world.ts';

/**
 * Counts what a first load of 200,000 advisories asks of AWS, as parameters of statements and staged through S3: calls and bytes
 * of the Data API, calls of S3, and the peak memory of the process that loads. The other side is fakes on loopback, so times say nothing.
 */
const records = Number(process.argv[2] ?? 200_000);

await using database = await pgliteDatabase();
await using world = await stagingWorld({ database });
await ensureImport(world.owner, 'plimsoll_app');
for (const way of ['parameters', 'staging'] as const) {
  const before = { api: world.api.calls.length, s3: world.s3.calls.length };
  const child = fileURLToPath(new URL('staging-load.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[child, way, String(records), world.api.endpoint, world.s3.endpoint, world.api.clusterArn, world.api.secretArn],
  ]);
  const calls = world.api.calls.slice(before.api);
  const mebibytes = calls.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024;
  console.log(
    `${way}: ${calls.length} calls of the Data API with ${mebibytes.toFixed(1)} MiB, ${world.s3.calls.length - before.s3} of S3,`,
    `peak memory ${stdout.trim()} MiB`,
  );
}
