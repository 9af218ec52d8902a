import { Status } from '#test/support/wire-server.ts';
import type { Row } from './row.ts';

const account = {
  name: 'crew',
  email: null,
  type: 'user',
  state: 'enabled',
  created_at: '2026-01-01T00:00:00Z',
  last_updated: '',
};
const user = { username: 'ann', type: 'native', source: null, created_at: '2026-01-01T00:00:00Z', last_updated: '' };
const whoami = { 'GET /account': account, 'GET /user': user };
const users = '/accounts/crew/users';

export const accountRows: readonly Row[] = [
  {
    says: 'everybody can learn who they are',
    argv: ['account', 'whoami'],
    answers: whoami,
    asks: ['GET /v1/account', 'GET /v1/user'],
    shows: [/^Username: +ann\nAccountName: +crew\nAccountEmail: -\nAccountType: +user\n$/],
  },
  {
    says: 'an account is made',
    argv: ['account', 'add', 'crew', '--email', 'a@b.cd'],
    answers: { 'POST /accounts': account },
    asks: ['POST /v1/accounts'],
    body: { name: 'crew', email: 'a@b.cd' },
    shows: ['State:   enabled'],
  },
  {
    says: 'an account is shown',
    argv: ['account', 'get', 'crew'],
    answers: { 'GET /accounts/crew': account },
    asks: ['GET /v1/accounts/crew'],
    shows: ['Name:    crew'],
  },
  {
    says: 'a name that would be another address is not asked for',
    argv: ['account', 'get', '..'],
    answers: {},
    asks: [],
    complains: /'\.\.' is no name/,
    code: 2,
  },
  {
    says: 'accounts are listed',
    argv: ['account', 'list'],
    answers: { 'GET /accounts': [account] },
    asks: ['GET /v1/accounts'],
    shows: [/^NAME +EMAIL +TYPE +STATE +CREATED\ncrew +- +user +enabled +2026-01-01T00:00:00Z\n$/],
  },
  {
    says: 'who may not list accounts is told so',
    argv: ['account', 'list'],
    answers: {
      'GET /accounts': new Status(403, {
        message: 'Not authorized. Requires permissions: x',
        httpcode: 403,
        detail: {},
      }),
    },
    asks: ['GET /v1/accounts'],
    complains: /Not authorized.*\(auth\/forbidden\)/,
    code: 1,
  },
  {
    says: 'an account is deleted once somebody said that it is meant',
    argv: ['account', 'del', 'crew'],
    stdin: 'yes\n',
    answers: { 'DELETE /accounts/crew': { state: 'deleting' } },
    asks: ['DELETE /v1/accounts/crew'],
    complains: /^Really delete the account crew/,
    shows: ['is being deleted'],
  },
  {
    says: 'an account is left alone where nobody says yes',
    argv: ['account', 'del', 'crew'],
    stdin: '\n',
    answers: {},
    asks: [],
    complains: /Really/,
    shows: ['nothing was deleted'],
  },
  {
    says: 'an account that is in use is to be disabled first',
    argv: ['account', 'del', 'crew', '--dontask'],
    answers: {
      'DELETE /accounts/crew': new Status(400, {
        message: 'Invalid account state change requested',
        httpcode: 400,
        detail: {},
      }),
    },
    asks: ['DELETE /v1/accounts/crew'],
    complains: /disable it first: plimsoll account disable crew/,
    code: 1,
  },
  ...(['enable', 'disable'] as const).map(
    (word): Row => ({
      says: `an account is ${word}d`,
      argv: ['account', word, 'crew'],
      answers: { 'PUT /accounts/crew/state': { state: `${word}d` } },
      asks: ['PUT /v1/accounts/crew/state'],
      body: { state: `${word}d` },
      shows: [`the account crew is ${word}d`],
    }),
  ),
  {
    says: 'a user of the own account is made',
    argv: ['account', 'user', 'add', 'ann', 'sesame-ann'],
    answers: { ...whoami, [`POST ${users}`]: user },
    asks: ['GET /v1/account', `POST /v1${users}`],
    body: { username: 'ann', password: 'sesame-ann' },
    shows: ['Name:    ann'],
  },
  {
    says: 'a user of another account is made, with a password that nobody sees',
    argv: ['account', 'user', 'add', 'ann', '-', '--account', 'crew'],
    stdin: 'sesame-ann\n',
    answers: { [`POST ${users}`]: user },
    asks: [`POST /v1${users}`],
    body: { username: 'ann', password: 'sesame-ann' },
  },
  {
    says: 'a password that is too short is not sent',
    argv: ['account', 'user', 'add', 'ann', 'short', '--account', 'crew'],
    answers: {},
    asks: [],
    complains: /a password has 6 to 128 characters/,
    code: 2,
  },
  {
    says: 'a user is shown',
    argv: ['account', 'user', 'get', 'ann', '--account', 'crew'],
    answers: { [`GET ${users}/ann`]: user },
    asks: [`GET /v1${users}/ann`],
    shows: ['Type:    native'],
  },
  {
    says: 'users are listed',
    argv: ['account', 'user', 'list'],
    answers: { ...whoami, [`GET ${users}`]: [user] },
    asks: ['GET /v1/account', `GET /v1${users}`],
    shows: [/ann +native +- +2026/],
  },
  {
    says: 'a user is deleted',
    argv: ['account', 'user', 'del', 'ann', '--account', 'crew'],
    answers: { [`DELETE ${users}/ann`]: new Status(204, undefined) },
    asks: [`DELETE /v1${users}/ann`],
    shows: ['the user ann is deleted'],
  },
  {
    says: 'the own password is set',
    argv: ['account', 'user', 'setpassword', 'new-sesame'],
    answers: { ...whoami, [`POST ${users}/ann/credentials`]: {} },
    asks: ['GET /v1/user', 'GET /v1/account', `POST /v1${users}/ann/credentials`],
    body: { type: 'password', value: 'new-sesame' },
    shows: ['the password of ann is set'],
  },
  {
    says: 'the password of another user is set',
    argv: ['account', 'user', 'setpassword', 'new-sesame', '--username', 'bob', '--account', 'crew'],
    answers: { [`POST ${users}/bob/credentials`]: {} },
    asks: [`POST /v1${users}/bob/credentials`],
  },
];
