import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type RDSDataClient,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { Fault } from '#core/fault.ts';
import { type CheckedStatement, checkedSql, type RunStatement } from '../checked-sql.ts';
import type { Sql, SqlRow } from '../sql.ts';
import { callPatiently, type Patience } from './data-api-call.ts';
import { callEnd } from './data-api-errors.ts';
import { dataApiParameters, dataApiRows, resultSetOptions } from './data-api-values.ts';

/** A database of an Aurora PostgreSQL cluster and how long it may take to wake up. */
export interface DataApiOptions extends Patience {
  /** Of openDataApiClient: it sends nothing twice by itself. */
  readonly client: RDSDataClient;
  readonly clusterArn: string;
  /** Secrets Manager: the user and the password by which the Data API logs in. */
  readonly secretArn: string;
  readonly database: string;
}

/**
 * The Sql port over the RDS Data API. While Aurora wakes up or throttles, calls wait up to `patienceMs` (workers 45 s, an
 * API behind a 29 s gateway 20 s), then they are `sql/unavailable`. A statement that may have run is sent again only
 * when it reads; a write whose answer is lost is `sql/unavailable` with `outcome: 'unknown'` in its detail, and who asked
 * for it runs its whole step again.
 */
export function dataApiSql(options: DataApiOptions): Sql {
  return checkedSql({
    once: (checked) => execute(options, checked, null),
    hold: (work) => holdTransaction(options, work),
  });
}

async function holdTransaction<T>(options: DataApiOptions, work: (run: RunStatement) => Promise<T>): Promise<T> {
  const { client, database } = options;
  await checkClient(client);
  const keys = { resourceArn: options.clusterArn, secretArn: options.secretArn };
  // One that was begun without our knowing of it holds no locks, and is gone after 3 minutes.
  const begun = await callPatiently(options, 'begin', true, () =>
    client.send(new BeginTransactionCommand({ ...keys, database })),
  );
  const { transactionId } = begun;
  if (transactionId === undefined) throw new Fault('internal/failed', 'The Data API began a transaction without an id');
  let result: T;
  try {
    result = await work((checked) => execute(options, checked, transactionId));
  } catch (thrown) {
    // Without its rollback it keeps its locks for 3 minutes; what is thrown is the first failure all the same.
    const shortly = { clock: options.clock, patienceMs: Math.min(options.patienceMs, 3000) };
    await callPatiently(shortly, 'rollback', true, () =>
      client.send(new RollbackTransactionCommand({ ...keys, transactionId })),
    ).catch(() => {});
    throw thrown;
  }
  await commit(options, () => client.send(new CommitTransactionCommand({ ...keys, transactionId })));
  return result;
}

/** COMMIT may be sent again: the transaction is either still there, or it has ended and the answer says so. */
async function commit(patience: Patience, send: () => Promise<unknown>): Promise<void> {
  let answerLost = false;
  try {
    await callPatiently(patience, 'commit', true, async () => {
      try {
        await send();
      } catch (thrown) {
        answerLost ||= callEnd(thrown) === 'unknown';
        throw thrown;
      }
    });
  } catch (thrown) {
    if (!answerLost || !(thrown instanceof Fault)) throw thrown;
    throw new Fault(
      'sql/unavailable',
      'The answer to a commit was lost, so that the transaction was kept or not; whatever asked for it runs once more and finds out',
      { detail: { ...thrown.detail, outcome: 'unknown' } },
    );
  }
}

async function execute(
  options: DataApiOptions,
  { statement, text, parameters }: CheckedStatement,
  transactionId: string | null,
): Promise<readonly SqlRow[]> {
  await checkClient(options.client);
  // A read that was lost inside a transaction may still be running there, and a second one would be refused.
  const repeatable = transactionId === null && onlyReads(text.verb, statement);
  const answer = await callPatiently(options, statement, repeatable, () =>
    options.client.send(
      new ExecuteStatementCommand({
        resourceArn: options.clusterArn,
        secretArn: options.secretArn,
        database: options.database,
        sql: statement,
        parameters: dataApiParameters(parameters),
        includeResultMetadata: true,
        resultSetOptions,
        ...(transactionId === null ? {} : { transactionId }),
      }),
    ),
  );
  return dataApiRows(answer, statement);
}

/**
 * Whether sending it twice is surely no harm. Words are looked for in literals and comments as well, and functions that do
 * something go by what they begin with: what is not sure is a write.
 */
function onlyReads(verb: string, statement: string): boolean {
  const reads = verb === 'select' || verb === 'with' || verb === 'values' || verb === 'table';
  return (
    reads &&
    !/\b(insert|update|delete|merge|into|call|nextval|setval|set_config|pg_\w+|lo_\w+|aws_\w+|dblink\w*)\b/i.test(
      statement,
    )
  );
}

/** The SDK's own retries send a statement again whose connection broke, whether it has run or not. */
async function checkClient(client: RDSDataClient): Promise<void> {
  if ((await client.config.maxAttempts()) === 1) return;
  throw new Fault(
    'internal/failed',
    'The client of the Data API would send statements again by itself; make it with openDataApiClient',
  );
}
