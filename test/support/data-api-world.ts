import { after } from 'node:test';
import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import { openDataApiClient } from '#platform/aws/data-api-client.ts';
import { dataApiSql } from '#platform/aws/data-api-sql.ts';
import type { Clock } from '#platform/clock.ts';
import type { Sql } from '#platform/sql.ts';
import { type FakeDataApi, startDataApi } from '#test/fakes/data-api.ts';
import { type FakeDatabase, pgliteDatabase } from '#test/fakes/data-api-database.ts';

/** The SQL port on a fake of the Data API, through the real client. */
export interface DataApiWorld extends AsyncDisposable {
  readonly sql: Sql;
  readonly api: FakeDataApi;
  readonly client: RDSDataClient;
}

let shared: Promise<FakeDatabase> | null = null;

// Registered at the top level of the process's tests: an open PGlite would keep the process alive.
after(async () => {
  const opened = shared;
  shared = null;
  if (opened !== null) await (await opened)[Symbol.asyncDispose]();
});

/** A world on the given backend; left out, on one PGlite in memory for all of the process, in which what is written stays. */
export async function dataApiWorld(options: {
  readonly clock: Clock;
  readonly patienceMs?: number;
  readonly answerTimeout?: number;
  readonly backend?: FakeDatabase;
}): Promise<DataApiWorld> {
  const { clock, patienceMs = 45_000, answerTimeout } = options;
  const backend = options.backend ?? (await (shared ??= pgliteDatabase()));
  const api = await startDataApi({ clock, backend });
  const client = openDataApiClient({
    region: 'eu-central-1',
    clock,
    endpoint: api.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    ...(answerTimeout === undefined ? {} : { answerTimeout }),
  });
  return {
    sql: dataApiSql({ ...api, client, clock, patienceMs }),
    api,
    client,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await api[Symbol.asyncDispose]();
    },
  };
}
