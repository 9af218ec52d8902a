import type { Sql } from '#platform/sql.ts';

/** A database that nothing can be asked of after so many statements, also within a transaction. */
export function dyingAfter(sql: Sql, statements: number): Sql {
  let left = statements;
  const dying = (to: Sql): Sql => ({
    async query(statement, parameters) {
      if (left-- <= 0) throw new Error('the process died');
      return await to.query(statement, parameters);
    },
    transaction: (work) => to.transaction((tx) => work(dying(tx))),
  });
  return dying(sql);
}
