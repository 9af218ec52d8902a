import { Fault } from '#core/fault.ts';
import type { Sql } from '../sql.ts';

/** Whether the database can import from S3, as far as it goes by its extension; if not, why. */
export type ImportSetup = { readonly kind: 'ready' } | { readonly kind: 'not-ready'; readonly reason: string };

/**
 * Has the owner install what imports from S3, and lets the program's role use it; `role` is a name that ensureRole has taken. Schemas of
 * the extension let nobody in by themselves, and its function calls others as whoever called it, so that the right is on all of
 * them. A server that does not have it, or does not let the owner do so, is no failure: what would be imported goes in as parameters.
 */
export async function ensureImport(sql: Sql, role: string): Promise<ImportSetup> {
  const [known] = await sql.query("select 1 as one from pg_available_extensions where name = 'aws_s3'");
  if (known === undefined) return { kind: 'not-ready', reason: 'the server has no extension aws_s3' };
  try {
    await sql.query('create extension if not exists aws_s3 cascade');
    for (const schema of ['aws_s3', 'aws_commons']) {
      await sql.query(`grant usage on schema ${schema} to ${role}`);
      await sql.query(`grant execute on all functions in schema ${schema} to ${role}`);
    }
    return { kind: 'ready' };
  } catch (thrown) {
    const { code, message } = Fault.from(thrown);
    if (code !== 'sql/failed') throw thrown;
    return { kind: 'not-ready', reason: message };
  }
}
