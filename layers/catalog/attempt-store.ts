import type { Sql } from '#platform/sql.ts';

/** Writes why the attempt that an image is at broke off, if it is at one. */
export async function noteFailure(
  { sql }: { readonly sql: Sql },
  { account, digest }: { readonly account: string; readonly digest: string },
  reason: string,
): Promise<void> {
  await sql.query(
    `update image set failure = ${attemptText} || 'broke off: ' || :reason::text
     where account = :account::text and digest = :digest::text and state in ('analyzing', 'matching')`,
    { account, digest, reason: reason.replaceAll('\0', '').slice(0, 1900) },
  );
}

/** How what is said of an attempt begins, in SQL over a row of `image`. */
export const attemptText = `'attempt ' || attempts || ' '`;
