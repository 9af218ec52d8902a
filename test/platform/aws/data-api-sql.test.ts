import { after } from 'node:test';
import { openDataApiClient } from '#platform/aws/data-api-client.ts';
import { dataApiSql } from '#platform/aws/data-api-sql.ts';
import { systemClock } from '#platform/local/system-clock.ts';
import type { OpenSql } from '#platform/sql.ts';
import { startDataApi } from '#test/fakes/data-api.ts';
import { type FakeDatabase, pgliteDatabase } from '#test/fakes/data-api-database.ts';
import { sqlContract } from '../contracts/sql-contract.ts';

let backend: Promise<FakeDatabase> | null = null;
const pglite = () => (backend ??= pgliteDatabase());
after(async () => {
  if (backend !== null) await (await backend)[Symbol.asyncDispose]();
});

sqlContract({
  name: 'The RDS Data API',
  skip: false,
  tellsLess: true,
  open: async (): Promise<OpenSql> => {
    const api = await startDataApi({ clock: systemClock, backend: await pglite() });
    const client = openDataApiClient({
      region: 'eu-central-1',
      clock: systemClock,
      endpoint: api.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    return {
      ...dataApiSql({ ...api, client, clock: systemClock, patienceMs: 20_000 }),
      async [Symbol.asyncDispose]() {
        client.destroy();
        await api[Symbol.asyncDispose]();
      },
    };
  },
});
