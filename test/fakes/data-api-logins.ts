import type { DatabaseLogin } from '#platform/database-role.ts';
import { scramVerifier } from '#platform/scram-verifier.ts';
import type { FakeDatabase } from './data-api-database.ts';
import { DataApiError } from './data-api-error.ts';

/** The database as the user of a login, who has to be there with this password; every statement runs with that role's rights. */
export function databaseLogins(database: FakeDatabase): (login: DatabaseLogin) => Promise<FakeDatabase> {
  const good = new Set<string>();
  return async ({ name, password }) => {
    const { rows } = await database.once('select rolpassword from pg_authid where rolname = $1::text and rolcanlogin', [
      name,
    ]);
    const kept = rows[0]?.[0] ?? '';
    const proof = JSON.stringify([name, password, kept]);
    if (!good.has(proof) && !isPassword(password, kept))
      throw new DataApiError(
        'BadRequestException',
        `FATAL: password authentication failed for user "${name}"; SQLState: 28P01`,
      );
    good.add(proof);
    const begin = async () => {
      const open = await database.begin();
      await open.run(`set local role ${name}`, []);
      return open;
    };
    return {
      begin,
      files: database.files,
      async once(text, values) {
        const { run, end } = await begin();
        let how: 'commit' | 'rollback' = 'rollback';
        try {
          const answer = await run(text, values);
          how = 'commit';
          return answer;
        } finally {
          await end(how);
        }
      },
      [Symbol.asyncDispose]: async () => {},
    };
  };
}

function isPassword(password: string, kept: string): boolean {
  const salt = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(kept)?.[1];
  return salt !== undefined && scramVerifier(password, Buffer.from(salt, 'base64')) === kept;
}
