import { changeAccountState, createAccount, deleteAccount } from '#access/accounts.ts';
import type { Account, AccountState } from '#access/account.ts';
import { listAccounts, requireAccount } from '#access/account-store.ts';
import { ensureDefaultBundle } from '#policy/bundle-store.ts';
import {
  account,
  accountCreation,
  accountDeletion,
  accountList,
  accountStatus,
  listAccountsQuery,
} from '#schema/api/access.ts';
import { isoSeconds } from '../image-record.ts';
import { allPages } from '../pages.ts';
import { type Call, type Route, route } from '../route.ts';

export const accountRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/accounts',
    summary: 'All accounts',
    access: 'listAccounts',
    query: listAccountsQuery,
    answer: accountList,
    handle: list,
  }),
  route({
    method: 'POST',
    path: '/accounts',
    summary: 'Make an account, with the default policy and without users',
    access: 'createAccount',
    body: accountCreation,
    answer: account,
    handle: create,
  }),
  route({
    method: 'GET',
    path: '/accounts/{accountname}',
    summary: 'One account',
    access: 'getAccount',
    answer: account,
    handle: async ({ world, params }) => accountRecord(await requireAccount(world, params['accountname']!)),
  }),
  route({
    method: 'DELETE',
    path: '/accounts/{accountname}',
    summary: 'Delete a disabled account: its users at once, all that it owns after',
    access: 'deleteAccount',
    answer: accountDeletion,
    async handle({ world, params }) {
      await deleteAccount(world, params['accountname']!);
      return { state: 'deleting' };
    },
  }),
  route({
    method: 'PUT',
    path: '/accounts/{accountname}/state',
    summary: 'Enable or disable an account',
    access: 'updateAccount',
    body: accountStatus,
    answer: accountStatus,
    async handle({ world, params, body }) {
      await changeAccountState(world, params['accountname']!, body.state);
      return { state: body.state };
    },
  }),
  route({
    method: 'GET',
    path: '/account',
    summary: 'The account that requests are for: the own one, or the one that x-anchore-account names',
    access: 'getAccount',
    answer: account,
    handle: async ({ world, principal }) => accountRecord(await requireAccount(world, principal.account)),
  }),
];

async function list({ world, query }: Call<{ readonly state?: AccountState | undefined }>) {
  const state = query.state ?? null;
  const all = await allPages(
    (after, limit) => listAccounts(world, { state, after, limit }),
    ({ name }) => name,
  );
  return all.map(accountRecord);
}

async function create({ world, body }: Call<unknown, { readonly name: string; readonly email?: string | undefined }>) {
  const made = await createAccount(world, body.name, body.email ?? null);
  await ensureDefaultBundle(world, made.name);
  return accountRecord(made);
}

function accountRecord({ name, type, state, email, createdAt, updatedAt }: Account) {
  return { name, type, state, email, created_at: isoSeconds(createdAt), last_updated: isoSeconds(updatedAt) };
}
