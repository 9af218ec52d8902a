import { AsyncLocalStorage } from 'node:async_hooks';
import { Fault } from '#core/fault.ts';
import type { Sql, SqlParameters, SqlRow } from './sql.ts';
import { checkStatement, excerpt } from './sql-check.ts';
import { brokenCommit } from './sql-fault.ts';
import { readSqlText, type SqlText } from './sql-text.ts';

/** A statement that keeps the rules of the Sql port, on its way to a database. */
export interface CheckedStatement {
  readonly statement: string;
  readonly text: SqlText;
  readonly parameters: SqlParameters;
}

/** Runs one statement and gives its rows; what it throws are Faults. */
export type RunStatement = (checked: CheckedStatement) => Promise<readonly SqlRow[]>;

/** What a platform gives. Both wait for a session where there are not enough of them. */
export interface SqlSessions {
  /** A statement that is its own transaction. */
  readonly once: RunStatement;
  /** One transaction: committed when `work` resolves, rolled back when it throws. Rejects when COMMIT was a rollback. */
  readonly hold: <T>(work: (run: RunStatement) => Promise<T>) => Promise<T>;
}

/**
 * The rules of the Sql port that are the same on every platform: statements are checked before they are sent, calls in a
 * transaction go through it and one after the other, transactions inside it are savepoints, and a transaction in which
 * a statement failed is never committed, even when the failure was passed over.
 */
export function checkedSql(sessions: SqlSessions): Sql {
  const inside = new AsyncLocalStorage<Transaction>();
  const refuseInside = (): void => {
    if (inside.getStore()?.open === true) {
      throw new Fault(
        'sql/refused',
        'A call on the database was made inside an open transaction but not through it, which waits for ever where there is one session; use the Sql that transaction() hands in',
      );
    }
  };
  return {
    async query<R extends SqlRow>(statement: string, parameters: SqlParameters = {}) {
      refuseInside();
      return (await sessions.once(check(statement, parameters))) as readonly R[];
    },
    async transaction(work) {
      refuseInside();
      return sessions.hold(async (run) => {
        const state: Transaction = { run, open: true, busy: false, depth: 0, failed: [false] };
        try {
          const result = await inside.run(state, () => work(transactionSql(state, 0)));
          if (state.failed[0] === true) throw brokenCommit();
          return result;
        } finally {
          state.open = false;
        }
      });
    },
  };
}

interface Transaction {
  readonly run: RunStatement;
  open: boolean;
  busy: boolean;
  depth: number;
  /** Per depth: a statement that was sent has failed, and no savepoint took it back. */
  readonly failed: boolean[];
}

/** The Sql inside a transaction; at a depth above 0 it stands for a savepoint. */
function transactionSql(state: Transaction, depth: number): Sql {
  const send = async (checked: CheckedStatement): Promise<readonly SqlRow[]> => {
    const refuse = (why: string): never => {
      throw new Fault('sql/refused', `${why} (statement: ${excerpt(checked.statement)})`);
    };
    if (!state.open || depth > state.depth)
      refuse('The transaction has ended; run the statement before its work resolves');
    if (state.busy) refuse('Another statement of the transaction is still running; await each call before the next');
    state.busy = true;
    try {
      return await state.run(checked);
    } catch (thrown) {
      state.failed[depth] = true;
      throw thrown;
    } finally {
      state.busy = false;
    }
  };
  const control = (text: string) => send({ statement: text, text: readSqlText(text), parameters: {} });
  return {
    async query<R extends SqlRow>(statement: string, parameters: SqlParameters = {}) {
      return (await send(check(statement, parameters))) as readonly R[];
    },
    async transaction(work) {
      const inner = depth + 1;
      const name = `depth_${inner}`;
      await control(`savepoint ${name}`);
      state.depth = inner;
      state.failed[inner] = false;
      try {
        const result = await work(transactionSql(state, inner));
        if (state.failed.at(inner) === true) throw brokenCommit();
        await control(`release savepoint ${name}`);
        return result;
      } catch (thrown) {
        // When the savepoint cannot be gone back to, the failure stays on the transaction around it, which then goes too.
        await control(`rollback to savepoint ${name}`)
          .then(() => control(`release savepoint ${name}`))
          .catch(() => {});
        throw thrown;
      } finally {
        state.depth = depth;
      }
    },
  };
}

function check(statement: string, parameters: SqlParameters): CheckedStatement {
  return { statement, text: checkStatement(statement, parameters), parameters };
}
