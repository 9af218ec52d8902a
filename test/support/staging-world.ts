import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { jsonLog } from '#core/log.ts';
import { openDataApiClient } from '#platform/aws/data-api-client.ts';
import { dataApiSql } from '#platform/aws/data-api-sql.ts';
import { s3Blobs } from '#platform/aws/s3-blobs.ts';
import { type S3StagingOptions, s3Staging } from '#platform/aws/s3-staging.ts';
import type { Blobs } from '#platform/blobs.ts';
import { ensureRole } from '#platform/database-role.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import type { Sql } from '#platform/sql.ts';
import type { Staging } from '#platform/staging.ts';
import { type FakeDataApi, startDataApi } from '#test/fakes/data-api.ts';
import type { FakeDatabase } from '#test/fakes/data-api-database.ts';
import type { S3Imports } from '#test/fakes/data-api-s3-import.ts';
import { type FakeS3, fakeS3 } from '#test/fakes/s3.ts';
import { awsTestClient } from './aws.ts';
import { type TestClock, testClock } from './test-clock.ts';

const bucket = 'staged';
const login = { name: 'plimsoll_app', password: 'harbour0123456789abcdefghijklmnopqrstuvw' };
const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-AbCdEf';

/** A cluster that imports from an S3, both on loopback, and the program in front of them. */
export interface StagingWorld extends AsyncDisposable {
  readonly clock: TestClock;
  readonly s3: FakeS3;
  readonly api: FakeDataApi;
  /** Of the program's role and of the owner, without whom extensions and tables stay as they are. */
  readonly sql: Sql;
  readonly owner: Sql;
  /** The bucket, as the program writes to it. */
  readonly blobs: Blobs;
  /** A process of its own: with parts of the program exchanged, if need be. */
  staging(exchanged?: Partial<S3StagingOptions>): Staging;
  /** What the program told in its log. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Keys of what lies in the bucket, parts of uploads that were not ended among them. */
  files(): readonly string[];
}

export interface StagingWorldOptions {
  /** Closed by whoever made it. */
  readonly database: FakeDatabase;
  /** Null: no role has the feature s3Import. Left out: one that reads the bucket. */
  readonly imports?: Partial<S3Imports> | null;
}

/** The database is migrated and has the program's role; whether it has the extension is left as it is. */
export async function stagingWorld({ database, imports = {} }: StagingWorldOptions): Promise<StagingWorld> {
  await using opened = new AsyncDisposableStack();
  const clock = testClock(undefined, { selfWinding: true });
  const s3 = opened.use(await fakeS3());
  const role = imports === null ? {} : { imports: { endpoint: s3.endpoint, region, reads: [bucket], ...imports } };
  const logins = { [secretArn]: login };
  const api = opened.use(await startDataApi({ clock, backend: database, logins, ...role }));
  const client = openDataApiClient({ ...awsTestClient(api.endpoint), clock });
  opened.defer(() => client.destroy());
  const files = new S3Client({ ...awsTestClient(s3.endpoint), forcePathStyle: true, maxAttempts: 1 });
  opened.defer(() => files.destroy());
  await files.send(new CreateBucketCommand({ Bucket: bucket }));
  const sqlAs = (arn: string) => dataApiSql({ ...api, client, clock, patienceMs: 45_000, secretArn: arn });
  const [sql, owner] = [sqlAs(secretArn), sqlAs(api.secretArn)];
  await migrate(owner, await readMigrations(), clock);
  await ensureRole(owner, login);
  const logged: Record<string, unknown>[] = [];
  const log = jsonLog((line) => logged.push(JSON.parse(line)), clock.now);
  const blobs = s3Blobs({ client: files, bucket, clock });
  const options = { sql, files: blobs, bucket, region, clock, log };
  const stack = opened.move();
  return {
    ...{ clock, s3, api, sql, owner, blobs, logged },
    staging: (exchanged = {}) => s3Staging({ ...options, ...exchanged }),
    files: () => [
      ...(s3.state.buckets.get(bucket)?.keys() ?? []),
      ...[...s3.state.uploads.values()].map(({ key }) => key),
    ],
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Where everything is. */
const { region } = awsTestClient('');
