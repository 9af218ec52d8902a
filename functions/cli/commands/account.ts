import { Fault } from '#core/fault.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { beforehand } from '../client/refusal.ts';
import { secretWord } from '../client/secret-word.ts';
import { type Field, facts, itemsOf, type Shown, said, table, textAt } from '../client/shown.ts';

const accountArgument: Argument = { name: 'ACCOUNT', help: 'name of the account' };
const userArgument: Argument = { name: 'USER', help: 'name of the user' };
const passwordArgument: Argument = {
  name: 'PASSWORD',
  optional: true,
  help: '6 to 128 characters; - reads it from the standard input, and left out it is asked for: what stands in a command line can be seen in the list of processes',
};
const accountOption = { name: 'account', value: 'NAME', help: 'of another account than the own one' } as const;

const accountFields: readonly Field[] = [
  { title: 'Name', of: 'name' },
  { title: 'Email', of: 'email' },
  { title: 'Type', of: 'type' },
  { title: 'State', of: 'state', style: (value) => [value === 'enabled' ? 'green' : 'yellow'] },
  { title: 'Created', of: 'created_at' },
];

const userFields: readonly Field[] = [
  { title: 'Name', of: 'username' },
  { title: 'Type', of: 'type' },
  { title: 'Source', of: 'source' },
  { title: 'Created', of: 'created_at' },
];

/** Accounts and their users. */
export const account: Group = {
  name: 'account',
  leaves: [
    {
      words: 'whoami',
      summary: 'Shows the own user and account',
      async run({ api }) {
        const value = { account: await beforehand(api.get(['account'])), user: await beforehand(api.get(['user'])) };
        return facts(value, [
          { title: 'Username', of: 'user.username' },
          { title: 'AccountName', of: 'account.name' },
          { title: 'AccountEmail', of: 'account.email' },
          { title: 'AccountType', of: 'account.type' },
        ]);
      },
    },
    {
      words: 'add',
      summary: 'Makes an account, without users',
      arguments: [accountArgument],
      options: [{ name: 'email', value: 'ADDRESS', help: 'where its people are reached' }],
      async run({ api, given }) {
        const email = given.text('email');
        const body = { name: given.word('ACCOUNT'), ...(email === undefined ? {} : { email }) };
        return facts(await api.ask('POST', ['accounts'], { body }), accountFields);
      },
    },
    {
      words: 'get',
      summary: 'Shows an account',
      arguments: [accountArgument],
      run: async ({ api, given }) => facts(await api.get(['accounts', given.word('ACCOUNT')]), accountFields),
    },
    {
      words: 'list',
      summary: 'Lists all accounts; for administrators',
      run: async ({ api }) => table(await api.get(['accounts']), accountFields, 'Created'),
    },
    {
      words: 'del',
      summary: 'Deletes an account that is disabled, with all that it owns',
      arguments: [accountArgument],
      options: [{ name: 'dontask', help: 'do not ask whether it is meant' }],
      run: remove,
    },
    {
      words: 'enable',
      summary: 'Lets the users of an account in again',
      arguments: [accountArgument],
      run: async (call) => await change(call, 'enabled'),
    },
    {
      words: 'disable',
      summary: 'Keeps the users of an account out',
      arguments: [accountArgument],
      run: async (call) => await change(call, 'disabled'),
    },
    {
      words: 'user add',
      summary: 'Makes a user',
      arguments: [userArgument, passwordArgument],
      options: [accountOption],
      run: addUser,
    },
    {
      words: 'user get',
      summary: 'Shows a user',
      arguments: [userArgument],
      options: [accountOption],
      run: async (call) => facts(await call.api.get(await userPath(call, call.given.word('USER'))), userFields),
    },
    {
      words: 'user list',
      summary: 'Lists the users of an account',
      options: [accountOption],
      run: async (call) => table(await call.api.get(await usersPath(call)), userFields, 'Created'),
    },
    {
      words: 'user del',
      summary: 'Deletes a user',
      arguments: [userArgument],
      options: [accountOption],
      async run(call) {
        const name = call.given.word('USER');
        return said(await call.api.ask('DELETE', await userPath(call, name)), `the user ${name} is deleted`);
      },
    },
    {
      words: 'user setpassword',
      summary: 'Sets a password, the own one unless another user is named',
      arguments: [passwordArgument],
      options: [{ name: 'username', value: 'NAME', help: 'of another user' }, accountOption],
      run: setPassword,
    },
  ],
};

async function remove({ api, given, questions }: Call): Promise<Shown> {
  const name = given.word('ACCOUNT');
  const question = `Really delete the account ${name} with all its users and all that it owns? It cannot be taken back.`;
  if (!given.flag('dontask') && !(await questions.confirm(question))) return said(null, 'nothing was deleted');
  try {
    return said(await api.ask('DELETE', ['accounts', name]), `the account ${name} is being deleted`);
  } catch (thrown) {
    const fault = Fault.from(thrown);
    if (!/Invalid account state change/.test(fault.message)) throw fault;
    const { code, message, detail } = fault;
    throw new Fault(code, `${message}; disable it first: plimsoll account disable ${name}`, { detail, cause: fault });
  }
}

async function change({ api, given }: Call, state: 'enabled' | 'disabled'): Promise<Shown> {
  const name = given.word('ACCOUNT');
  return said(
    await api.ask('PUT', ['accounts', name, 'state'], { body: { state } }),
    `the account ${name} is ${state}`,
  );
}

async function addUser(call: Call): Promise<Shown> {
  const username = call.given.word('USER');
  const password = await newPassword(call, username);
  if (password.length < 6 || password.length > 128)
    throw new Fault('input/invalid', 'a password has 6 to 128 characters; give another one');
  return facts(await call.api.ask('POST', await usersPath(call), { body: { username, password } }), userFields);
}

async function setPassword(call: Call): Promise<Shown> {
  const { api, given } = call;
  const name = given.text('username') ?? (await own(api, 'user', 'username'));
  const path = [...(await userPath(call, name)), 'credentials'];
  const value = await api.ask('POST', path, { body: { type: 'password', value: await newPassword(call, name) } });
  return said(value, `the password of ${name} is set`);
}

async function newPassword({ given, questions }: Call, user: string): Promise<string> {
  return await secretWord(questions, given.maybe('PASSWORD'), `New password of ${user}: `);
}

async function usersPath({ api, given }: Call): Promise<readonly string[]> {
  return ['accounts', given.text('account') ?? (await own(api, 'account', 'name')), 'users'];
}

async function userPath(call: Call, user: string): Promise<readonly string[]> {
  return [...(await usersPath(call)), user];
}

/** The name of the own account or user. */
async function own(api: ApiClient, what: 'account' | 'user', field: string): Promise<string> {
  const name = textAt(itemsOf(await beforehand(api.get([what])))[0], field);
  if (name === '') throw new Fault('internal/failed', `the server does not say which ${what} is the own one; name it`);
  return name;
}
