import { requireAccount } from '#access/account-store.ts';
import { changePassword, createUser, removePassword, removeUser, requireUser } from '#access/users.ts';
import { listUsers, type User } from '#access/user-store.ts';
import {
  credential,
  credentialList,
  credentialQuery,
  newCredential,
  user,
  userCreation,
  userList,
} from '#schema/api/access.ts';
import { isoSeconds } from '../image-record.ts';
import { allPages } from '../pages.ts';
import { type Call, type Route, route } from '../route.ts';

const users = '/accounts/{accountname}/users';
const oneUser = `${users}/{username}`;

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: users,
    summary: 'Users of an account',
    access: 'listUsers',
    answer: userList,
    handle: list,
  }),
  route({
    method: 'POST',
    path: users,
    summary: 'Make a user with full control of the account; names are unique over all accounts',
    access: 'createUser',
    body: userCreation,
    answer: user,
    handle: async ({ world, params, body }) =>
      userRecord(await createUser(world, params['accountname']!, body.username, body.password)),
  }),
  route({
    method: 'GET',
    path: oneUser,
    summary: 'One user',
    access: 'getUser',
    ownUser: true,
    answer: user,
    handle: async (call) => userRecord(await named(call)),
  }),
  route({
    method: 'DELETE',
    path: oneUser,
    summary: 'Delete a user with all keys and roles; not oneself, and not admin',
    access: 'deleteUser',
    status: 204,
    answer: null,
    handle: ({ world, principal, params }) => removeUser(world, principal, params['accountname']!, params['username']!),
  }),
  route({
    method: 'GET',
    path: `${oneUser}/credentials`,
    summary: 'What a user signs in with, masked',
    access: 'getUser',
    ownUser: true,
    answer: credentialList,
    handle: async (call) => credentialsOf(await named(call)),
  }),
  route({
    method: 'POST',
    path: `${oneUser}/credentials`,
    summary: 'Set the password of a user; tokens of the old one end',
    access: 'updateUser',
    ownUser: true,
    body: newCredential,
    answer: credential,
    handle: async (call) => setTo(call, await named(call)),
  }),
  route({
    method: 'DELETE',
    path: `${oneUser}/credentials`,
    summary: 'Remove the password of a user; not the own one, and not that of admin',
    access: 'updateUser',
    query: credentialQuery,
    status: 204,
    answer: null,
    handle: async (call) => removePassword(call.world, call.principal, await named(call)),
  }),
  route({
    method: 'GET',
    path: '/user',
    summary: 'Oneself',
    access: 'user',
    answer: user,
    handle: async (call) => userRecord(await oneself(call)),
  }),
  route({
    method: 'GET',
    path: '/user/credentials',
    summary: 'What one signs in with, masked',
    access: 'user',
    answer: credentialList,
    handle: async (call) => credentialsOf(await oneself(call)),
  }),
  route({
    method: 'POST',
    path: '/user/credentials',
    summary: 'Set the own password; tokens of the old one end',
    access: 'user',
    body: newCredential,
    answer: credential,
    handle: async (call) => setTo(call, await oneself(call)),
  }),
];

type UserCall = Pick<Call, 'world' | 'principal' | 'params'>;

function named({ world, params }: UserCall): Promise<User> {
  return requireUser(world, params['accountname']!, params['username']!);
}

function oneself({ world, principal }: UserCall): Promise<User> {
  return requireUser(world, principal.home, principal.user);
}

async function list({ world, params }: Call) {
  const { name: account } = await requireAccount(world, params['accountname']!);
  const all = await allPages(
    (after, limit) => listUsers(world, account, { after, limit }),
    ({ name }) => name,
  );
  return all.map(userRecord);
}

async function setTo({ world, principal, body }: Call<unknown, { readonly value: string }>, user: User) {
  return credentialRecord(await changePassword(world, principal, user, body.value));
}

function userRecord({ name, createdAt, updatedAt }: User) {
  return {
    ...{ username: name, type: 'native', source: null },
    ...{ created_at: isoSeconds(createdAt), last_updated: isoSeconds(updatedAt) },
  };
}

function credentialsOf(user: User) {
  return user.password === null ? [] : [credentialRecord(user)];
}

/** The original shows as many stars as the password has characters, which tells what nobody has to know. */
function credentialRecord({ passwordAt }: User) {
  return { type: 'password', value: '********', created_at: isoSeconds(passwordAt) };
}
