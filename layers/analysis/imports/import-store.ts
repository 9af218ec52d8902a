import type { Digest } from '#core/digest.ts';
import type { Sql, SqlRow } from '#platform/sql.ts';
import type { ImportContents, ImportKind, ImportOperation, ImportStatus } from './import-operation.ts';

type World = { readonly sql: Sql };

/** A part that was uploaded. */
export interface ImportContent {
  readonly digest: string;
  readonly size: number;
  readonly createdAt: number;
}

const columns = 'operation_id, account, status, image_digest, contents, created_at, updated_at, expires_at';

/** Begins an operation that is open until `expiresAt`. */
export async function beginImport(
  { sql }: World,
  account: string,
  now: number,
  expiresAt: number,
): Promise<ImportOperation> {
  const rows = await sql.query(
    `insert into import_operation (account, status, created_at, updated_at, expires_at)
     values (:account::text, 'pending', :now::bigint, :now::bigint, :expires::bigint) returning ${columns}`,
    { account, now, expires: expiresAt },
  );
  return operationOf(rows[0]!);
}

/** The account's operation of an id, or null. One that nobody ended in time counts as expired from that moment. */
export async function findImport(
  { sql }: World,
  account: string,
  id: string,
  now: number,
): Promise<ImportOperation | null> {
  const rows = await sql.query(
    `select ${columns} from import_operation where operation_id = :id::text and account = :account::text`,
    { id, account },
  );
  return rows[0] === undefined ? null : asOf(operationOf(rows[0]), now);
}

/** Up to `limit` (at most 500) operations of an account, newest first, behind one of them. */
export async function listImports(
  { sql }: World,
  account: string,
  after: Pick<ImportOperation, 'createdAt' | 'id'> | null,
  limit: number,
  now: number,
): Promise<readonly ImportOperation[]> {
  const rows = await sql.query(
    `select ${columns} from import_operation where account = :account::text
       and (created_at < :created::bigint or created_at = :created::bigint and operation_id > :id::text)
     order by created_at desc, operation_id limit :limit::int`,
    { account, created: after?.createdAt ?? Number.MAX_SAFE_INTEGER, id: after?.id ?? '', limit: Math.min(limit, 500) },
  );
  return rows.map((row) => asOf(operationOf(row), now));
}

/** Gives up an operation that nobody ended; null when it is past that. */
export async function invalidateImport({ sql }: World, id: string, now: number): Promise<ImportOperation | null> {
  const rows = await sql.query(
    `update import_operation set status = 'invalidated', updated_at = :now::bigint
     where operation_id = :id::text and status in ('pending', 'expired', 'invalidated') returning ${columns}`,
    { id, now },
  );
  return rows[0] === undefined ? null : operationOf(rows[0]);
}

/** Notes a part, once for each kind and digest; null when the operation takes no more. */
export async function addImportContent(
  { sql }: World,
  id: string,
  kind: ImportKind,
  { digest, size }: Pick<ImportContent, 'digest' | 'size'>,
  now: number,
): Promise<ImportContent | null> {
  const rows = await sql.query(
    `insert into import_content as c (operation_id, kind, digest, size, created_at)
     select operation_id, :kind::text, :digest::text, :size::bigint, :now::bigint from import_operation
     where operation_id = :id::text and status = 'pending' and expires_at > :now::bigint
     on conflict (operation_id, kind, digest) do update set size = c.size returning c.digest, c.size, c.created_at`,
    { id, kind, digest, size, now },
  );
  return rows[0] === undefined ? null : contentOf(rows[0]);
}

/** The parts of a kind, the oldest first; an operation has at most 100 of each. */
export async function listImportContents(
  { sql }: World,
  id: string,
  kind: ImportKind,
): Promise<readonly ImportContent[]> {
  const rows = await sql.query(
    `select digest, size, created_at from import_content where operation_id = :id::text and kind = :kind::text
     order by created_at, digest limit 100`,
    { id, kind },
  );
  return rows.map(contentOf);
}

/**
 * Has an open operation become an image, of these parts; the same asked again is answered the same, until it is done. Null when it is past
 * that, or was asked to become something else.
 */
export async function processImport(
  { sql }: World,
  id: string,
  image: { readonly digest: Digest; readonly contents: ImportContents },
  now: number,
): Promise<ImportOperation | null> {
  const rows = await sql.query(
    `update import_operation set status = 'processing', image_digest = :digest::text, contents = :contents::jsonb,
       updated_at = :now::bigint
     where operation_id = :id::text and (status = 'pending' and expires_at > :now::bigint
       or status = 'processing' and image_digest = :digest::text and contents = :contents::jsonb) returning ${columns}`,
    { id, digest: image.digest, contents: JSON.stringify(image.contents), now },
  );
  return rows[0] === undefined ? null : operationOf(rows[0]);
}

/** The newest operation that is to become this image of an account, or null. */
export async function importOf({ sql }: World, account: string, digest: string): Promise<ImportOperation | null> {
  const rows = await sql.query(
    `select ${columns} from import_operation
     where account = :account::text and image_digest = :digest::text and status = 'processing'
     order by updated_at desc limit 1`,
    { account, digest },
  );
  return rows[0] === undefined ? null : operationOf(rows[0]);
}

/** An operation has become its image. */
export async function completeImport({ sql }: World, id: string, now: number): Promise<void> {
  await sql.query(
    `update import_operation set status = 'complete', updated_at = :now::bigint
     where operation_id = :id::text and status = 'processing'`,
    { id, now },
  );
}

/**
 * Ends operations that nobody ended in time, and those whose image failed; gives up to `limit` that ended before `keptUntil` and whose parts are
 * still there.
 */
export async function endedImports(
  { sql }: World,
  now: number,
  keptUntil: number,
  limit: number,
): Promise<readonly string[]> {
  await sql.query(
    `update import_operation set status = 'expired', updated_at = :now::bigint
     where not cleared and expires_at <= :now::bigint and status = 'pending'`,
    { now },
  );
  await sql.query(
    `update import_operation o set status = 'failed', updated_at = :now::bigint from image i
     where not o.cleared and o.status = 'processing' and i.account = o.account and i.digest = o.image_digest
       and (i.state = 'analysis_failed' or o.expires_at <= :now::bigint and i.state = 'analyzed')`,
    { now },
  );
  const rows = await sql.query<{ operation_id: string }>(
    `select operation_id from import_operation
     where not cleared and status not in ('pending', 'processing') and updated_at <= :kept::bigint
     order by expires_at limit :limit::int`,
    { kept: keptUntil, limit },
  );
  return rows.map((row) => row.operation_id);
}

/** The parts of an operation are gone. */
export async function clearImport({ sql }: World, id: string): Promise<void> {
  await sql.query(
    `with c as (delete from import_content where operation_id = :id::text)
     update import_operation set cleared = true where operation_id = :id::text`,
    { id },
  );
}

/** Forgets up to `limit` operations whose parts have been gone since `before`; how many. */
export async function forgetImports({ sql }: World, before: number, limit: number): Promise<number> {
  const rows = await sql.query(
    `delete from import_operation where operation_id in (
       select operation_id from import_operation where cleared and updated_at < :before::bigint limit :limit::int)
     returning operation_id`,
    { before, limit },
  );
  return rows.length;
}

/** Up to `limit` operations of an account whose parts are still there. */
export async function importsOf({ sql }: World, account: string, limit: number): Promise<readonly string[]> {
  const rows = await sql.query<{ operation_id: string }>(
    'select operation_id from import_operation where account = :account::text and not cleared limit :limit::int',
    { account, limit },
  );
  return rows.map((row) => row.operation_id);
}

function asOf(operation: ImportOperation, now: number): ImportOperation {
  return operation.status === 'pending' && operation.expiresAt <= now ? { ...operation, status: 'expired' } : operation;
}

function operationOf(row: SqlRow): ImportOperation {
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  const contents = text('contents');
  return {
    id: String(row['operation_id']),
    account: String(row['account']),
    status: row['status'] as ImportStatus,
    imageDigest: text('image_digest') as Digest | null,
    contents: contents === null ? null : JSON.parse(contents),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
    expiresAt: Number(row['expires_at']),
  };
}

function contentOf(row: SqlRow): ImportContent {
  return { digest: String(row['digest']), size: Number(row['size']), createdAt: Number(row['created_at']) };
}
