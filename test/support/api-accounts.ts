import assert from 'node:assert/strict';
import type { Role } from '#access/permissions.ts';
import { type ApiServer, apiServer, type Sender } from './api-server.ts';

let made = 0;

/** A name that no other test of this process has. */
export function freshName(word: string): string {
  return `${word}-${++made}`;
}

/** Makes an account over the API; its name. */
export async function makeAccount(server: ApiServer, word = 'crew'): Promise<string> {
  const name = freshName(word);
  const { status, text } = await server.ask('POST', '/v1/accounts', { body: { name } });
  assert.equal(status, 200, text);
  return name;
}

/** Makes a user of an account, with full control or a lesser role. */
export async function makeUser(server: ApiServer, account: string, role: Role = 'full-control'): Promise<Sender> {
  const user = { user: freshName('sailor'), password: 'sesame-sailor' };
  const body = { username: user.user, password: user.password };
  const { status, text } = await server.ask('POST', `/v1/accounts/${account}/users`, { body });
  assert.equal(status, 200, text);
  if (role !== 'full-control') {
    const given = await server.ask('PUT', `/v1/accounts/${account}/members/${user.user}`, { body: { role } });
    assert.equal(given.status, 200, given.text);
  }
  return user;
}

/** A new account and a user in full control of it. */
export interface Crew {
  readonly server: ApiServer;
  readonly ask: ApiServer['ask'];
  readonly account: string;
  readonly captain: Sender;
}

/** The server of the process with a crew of the test's own; passwords are slow, so a test that changes nothing takes {@link anyCrew}. */
export async function newCrew(): Promise<Crew> {
  const server = await apiServer();
  const account = await makeAccount(server);
  return { server, ask: server.ask, account, captain: await makeUser(server, account) };
}

let shared: Promise<Crew> | null = null;

/** A crew that tests share: what one adds stays for the others, and none takes anything away. */
export function anyCrew(): Promise<Crew> {
  shared ??= newCrew();
  return shared;
}
