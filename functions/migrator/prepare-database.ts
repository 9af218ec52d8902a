import { findUser } from '#access/user-store.ts';
import { ensureAdmin } from '#access/ensure-admin.ts';
import { Fault } from '#core/fault.ts';
import type { AwsPlatform } from '#platform/aws/aws-platform.ts';
import { ensureImport } from '#platform/aws/ensure-import.ts';
import { type DatabaseLogin, ensureRole } from '#platform/database-role.ts';
import { migrate, readMigrations } from '#platform/migrate.ts';
import { ensureDefaultBundle } from '#policy/bundle-store.ts';

/**
 * Brings the database to what the program knows, as its owner: tables, the role that all else works as, and its way to import from
 * S3, if there is one; then, as that role, the administrator and the policy that there has to be. Run again it changes nothing: an
 * administrator who is there keeps the password, an account that has a policy its own.
 */
export async function prepareDatabase(world: AwsPlatform, migrations: string): Promise<void> {
  const { settings, clock, log } = world;
  const owner = world.sqlAs(settings.required('databaseOwnerSecret'));
  const applied = await migrate(owner, await readMigrations(migrations), clock);
  log.info('database migrated', { applied: applied.length });
  const login = await loginOf(world, settings.required('databaseSecret'));
  await ensureRole(owner, login);
  const imports = await ensureImport(owner, login.name);
  if (imports.kind === 'not-ready') log.error('no import from S3', { reason: imports.reason });
  if ((await findUser(world, 'admin')) === null)
    await ensureAdmin(world, (await loginOf(world, settings.required('adminSecret'))).password);
  await ensureDefaultBundle(world, 'admin');
}

/** A secret as Secrets Manager generates it: `{"username":...,"password":...}`. */
async function loginOf(world: AwsPlatform, secretArn: string): Promise<DatabaseLogin> {
  const fault = new Fault('data/corrupt', `Secret ${secretArn} is not JSON of a username and a password; restore it`);
  try {
    const { username, password } = JSON.parse(await world.secretText(secretArn)) as Record<string, unknown>;
    if (typeof username === 'string' && typeof password === 'string') return { name: username, password };
  } catch (thrown) {
    throw thrown instanceof Fault ? thrown : fault;
  }
  throw fault;
}
