import { admin } from '#test/support/api-server.ts';
import { type OperationTable, type Scene, stranger } from '../operation.ts';

const asAdmin = { sender: admin };
const nobody = { ...asAdmin, params: { accountname: 'no-such-account', username: 'no-such-user' } };
const absent = { ...nobody, status: 404 } as const;
const password = { type: 'password', value: 'sesame-second' };

/** An account and a user of its own in it. */
const made = async ({ ask }: Scene, accountname: string) => {
  await ask('POST', '/accounts', { name: accountname }, admin);
  const username = `${accountname}-cook`;
  await ask('POST', `/accounts/${accountname}/users`, { username, password: 'sesame-first' }, admin);
  return { ...asAdmin, params: { accountname, username } };
};

export const accountOperations: OperationTable = {
  'GET /accounts': { good: { ...asAdmin, query: '?state=enabled' }, bad: { status: 403 } },
  'POST /accounts': {
    good: { ...asAdmin, body: { name: 'brig', email: 'brig@example.test' } },
    bad: { ...asAdmin, body: { name: 'admin' }, status: 400 },
  },
  'GET /accounts/{accountname}': { good: {}, bad: absent },
  'PUT /accounts/{accountname}/state': {
    good: async (scene) => ({ ...(await made(scene, 'asleep')), body: { state: 'disabled' } }),
    bad: { ...asAdmin, params: { accountname: 'admin' }, body: { state: 'disabled' }, status: 400 },
  },
  'DELETE /accounts/{accountname}': {
    good: async (scene) => {
      const call = await made(scene, 'sunk');
      await scene.ask('PUT', '/accounts/sunk/state', { state: 'disabled' }, admin);
      return call;
    },
    // Enabled ones stay.
    bad: asAdminStatus(400),
  },
  'GET /accounts/{accountname}/users': { good: {}, bad: absent },
  'POST /accounts/{accountname}/users': {
    good: { body: { username: 'steward', password: 'sesame-steward' } },
    bad: { body: { username: 'steward-2', password: 'abc' }, status: 400 },
  },
  'GET /accounts/{accountname}/users/{username}': { good: (scene) => made(scene, 'seen'), bad: absent },
  'DELETE /accounts/{accountname}/users/{username}': {
    good: (scene) => made(scene, 'dismissed'),
    bad: absent,
    status: 204,
  },
  'GET /accounts/{accountname}/users/{username}/credentials': { good: (scene) => made(scene, 'masked'), bad: absent },
  'POST /accounts/{accountname}/users/{username}/credentials': {
    good: async (scene) => ({ ...(await made(scene, 'rekeyed')), body: password }),
    bad: { ...absent, body: password },
  },
  'DELETE /accounts/{accountname}/users/{username}/credentials': {
    good: async (scene) => ({ ...(await made(scene, 'keyless')), query: '?credential_type=password' }),
    bad: { ...nobody, status: 400 },
    status: 204,
  },
  'GET /account': { good: {}, bad: stranger },
  'GET /user': { good: {}, bad: stranger },
  'GET /user/credentials': { good: {}, bad: stranger },
  'POST /user/credentials': {
    good: async (scene) => {
      const { params } = await made(scene, 'careful');
      return { sender: { user: params.username, password: 'sesame-first' }, body: password };
    },
    bad: { body: { type: 'password', value: 'abc' }, status: 400 },
  },
};

function asAdminStatus(status: 400) {
  return { ...asAdmin, status };
}
