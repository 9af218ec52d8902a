import type { Sql } from '#platform/sql.ts';

type World = { readonly sql: Sql };

/** The repository that the comparison of this name began last, as it was given to {@link setReconcileMark}; null when none ever was. */
export async function reconcileMark({ sql }: World, name: string): Promise<string | null> {
  const [row] = await sql.query<{ repository: string }>(
    'select repository from reconcile_mark where name = :name::text',
    { name },
  );
  return row?.repository ?? null;
}

export async function setReconcileMark({ sql }: World, name: string, repository: string): Promise<void> {
  await sql.query(
    `insert into reconcile_mark (name, repository) values (:name::text, :repository::text)
     on conflict (name) do update set repository = excluded.repository`,
    { name, repository },
  );
}
