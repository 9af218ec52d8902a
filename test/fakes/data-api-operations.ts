import { randomBytes } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import type { Answer, FakeDatabase, OpenTransaction, Run } from './data-api-database.ts';
import { DataApiError } from './data-api-error.ts';
import { importing, type S3Imports } from './data-api-s3-import.ts';
import { bind, type FakeParameter, recordsOf, type ResultOptions } from './data-api-values.ts';

/** The body of a request; which members an operation reads is its own. */
export interface DataApiInput {
  readonly resourceArn?: string;
  readonly secretArn?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly sql?: string;
  readonly transactionId?: string;
  readonly parameters?: readonly FakeParameter[];
  readonly parameterSets?: readonly (readonly FakeParameter[])[];
  readonly includeResultMetadata?: boolean;
  readonly continueAfterTimeout?: boolean;
  readonly resultSetOptions?: ResultOptions;
  readonly formatRecordsAs?: string;
}

export interface DataApiOperations {
  has(operation: string): boolean;
  /** The answer's body; `takes` is for how many ms of the clock the statement runs. */
  answer(operation: string, input: DataApiInput, takes: number): Promise<unknown>;
  openTransactions(): number;
  /** Takes back what is open. */
  close(): Promise<void>;
}

/** What the Data API does with statements and transactions once a call has been let in; `choose` logs its user in. */
export function dataApiOperations(
  choose: (input: DataApiInput) => Promise<FakeDatabase>,
  clock: Clock,
  databaseName: string,
  imports: S3Imports | null,
): DataApiOperations {
  const transactions = new Map<string, Transaction>();
  const operations: Readonly<Record<string, (input: DataApiInput, takes: number) => Promise<unknown>>> = {
    async BeginTransaction(input) {
      const database = await choose(input);
      const open = await database.begin();
      const id = randomBytes(96).toString('base64');
      transactions.set(id, { open, database, busy: false, beganAt: clock.now(), usedAt: clock.now() });
      return { transactionId: id };
    },
    CommitTransaction: async (input) => {
      await end(input, 'commit');
      // Also when a failed statement made a rollback of it: the service is not known to tell.
      return { transactionStatus: 'Transaction Committed' };
    },
    RollbackTransaction: async (input) => {
      await end(input, 'rollback');
      return { transactionStatus: 'Rollback Complete' };
    },
    Execute: (input, takes) =>
      inTransaction(input, async (run) => {
        const { text, values } = bind(input.sql ?? '', input.parameters ?? []);
        return answerOf(await timed(run, text, values, input, takes), input);
      }),
    BatchExecute: (input, takes) =>
      inTransaction(input, async (run) => {
        const sets = input.parameterSets ?? [];
        for (const set of sets.length === 0 ? [[]] : sets) {
          const { text, values } = bind(input.sql ?? '', set);
          await timed(run, text, values, input, takes);
        }
        // PostgreSQL gives no ids back here, whatever the statement returns.
        return { updateResults: sets.map(() => ({ generatedFields: [] })) };
      }),
  };
  return {
    has: (operation) => Object.hasOwn(operations, operation),
    async answer(operation, input, takes) {
      await expire();
      if (input.schema !== undefined) {
        throw new DataApiError('ValidationException', 'The schema parameter is not supported');
      }
      if (input.database !== undefined && input.database !== databaseName) {
        throw new DataApiError(
          'DatabaseErrorException',
          `ERROR: database "${input.database}" does not exist; SQLState: 3D000`,
        );
      }
      return operations[operation]!(input, takes);
    },
    openTransactions: () => transactions.size,
    async close() {
      for (const { open } of transactions.values()) await open.end('rollback').catch(() => {});
      transactions.clear();
    },
  };

  async function expire(): Promise<void> {
    for (const [id, { open, busy, beganAt, usedAt }] of transactions) {
      if (busy || (clock.now() - usedAt < idleLimit && clock.now() - beganAt < ageLimit)) continue;
      transactions.delete(id);
      await open.end('rollback').catch(() => {});
    }
  }

  function find(id: string | undefined): Transaction {
    const transaction = transactions.get(id ?? '');
    if (transaction === undefined) {
      throw new DataApiError('TransactionNotFoundException', `Transaction ${id} is not found`);
    }
    if (transaction.busy) throw new DataApiError('DatabaseErrorException', 'Transaction is still running a query');
    return transaction;
  }

  async function end({ transactionId }: DataApiInput, how: 'commit' | 'rollback'): Promise<void> {
    const { open } = find(transactionId);
    transactions.delete(transactionId!);
    await open.end(how);
  }

  async function inTransaction<T>(input: DataApiInput, work: (run: Run) => Promise<T>): Promise<T> {
    const { transactionId } = input;
    if (transactionId === undefined) {
      const database = await choose(input);
      return work(importing(database.once, database, imports, false));
    }
    const transaction = find(transactionId);
    transaction.busy = true;
    try {
      return await work(importing(transaction.open.run, transaction.database, imports, true));
    } finally {
      transaction.busy = false;
      transaction.usedAt = clock.now();
    }
  }

  /** A statement that takes too long is taken back, and the transaction around it is broken; or it goes on unseen. */
  async function timed(
    run: Run,
    text: string,
    values: readonly (string | Uint8Array | null)[],
    input: DataApiInput,
    takes: number,
  ): Promise<Answer> {
    if (takes > 0) await clock.sleep(Math.min(takes, statementLimit));
    if (takes <= statementLimit) return run(text, values);
    if (input.continueAfterTimeout === true) await run(text, values);
    else if (input.transactionId !== undefined) await run('select 1 / 0', []).catch(() => {});
    throw new DataApiError('StatementTimeoutException', 'Request timed out');
  }
}

interface Transaction {
  readonly open: OpenTransaction;
  readonly database: FakeDatabase;
  busy: boolean;
  readonly beganAt: number;
  usedAt: number;
}

/** Milliseconds. */
const idleLimit = 3 * 60_000;
const ageLimit = 24 * 3_600_000;
const statementLimit = 45_000;

function answerOf(answer: Answer, input: DataApiInput): unknown {
  const { records, columnMetadata } = recordsOf(answer, input.resultSetOptions ?? {});
  if (input.formatRecordsAs === 'JSON') {
    throw new DataApiError('ValidationException', 'This fake has no formatted records; leave formatRecordsAs out');
  }
  return {
    generatedFields: [],
    numberOfRecordsUpdated: answer.updated,
    ...(answer.columns.length === 0 ? {} : { records }),
    ...(input.includeResultMetadata === true ? { columnMetadata } : {}),
  };
}
