import { admin } from '#test/support/api-server.ts';
import { type Bad, stranger, type OperationLine, type OperationTable, type Scene } from '../operation.ts';

/** Of paths that cannot go wrong: another method. */
const otherwise: Bad = { method: 'PUT', status: 405 };
const asAdmin = { sender: admin };
const unknownService = { ...asAdmin, params: { servicename: 'keel', hostid: 'nowhere' } };
const service = async ({ ask }: Scene) => {
  const { service_states } = await ask<{ service_states: { servicename: string; hostid: string }[] }>('GET', '/system');
  const { servicename, hostid } = service_states.find((one) => one.servicename === 'analyzer')!;
  return { ...asAdmin, params: { servicename, hostid } };
};
/** What stays switched on, and what is switched off for all. */
const [kept, off] = ['kev', 'lifecycle'];
const feed = (name: string, query = '') => ({ ...asAdmin, params: { feed: name, group: name }, query });
const switched: OperationLine = {
  good: feed(off!, '?enabled=False'),
  bad: { ...feed('keel', '?enabled=False'), status: 404 },
};
/** Only what is switched off is deleted. */
const deleted: OperationLine = { good: feed(off!), bad: { ...feed(kept!), status: 409 } };

export const systemOperations: OperationTable = {
  'GET /': { good: {}, bad: otherwise },
  'GET /health': { good: {}, bad: otherwise },
  'GET /version': { good: {}, bad: otherwise },
  'GET /status': { good: {}, bad: stranger },
  'GET /system': { good: {}, bad: stranger },
  'GET /system/services': { good: asAdmin, bad: { status: 403 } },
  'GET /system/services/{servicename}': { good: service, bad: { ...unknownService, status: 404 } },
  'GET /system/services/{servicename}/{hostid}': { good: service, bad: { ...unknownService, status: 404 } },
  // Those that are away may be deleted, and none ever is.
  'DELETE /system/services/{servicename}/{hostid}': {
    good: null,
    bad: async (scene) => ({ ...(await service(scene)), status: 409 }),
  },
  'GET /system/policy_spec': { good: {}, bad: stranger },
  'GET /system/error_codes': { good: {}, bad: stranger },
  'GET /system/feeds': { good: {}, bad: stranger },
  'POST /system/feeds': {
    good: { ...asAdmin, query: '?flush=False' },
    bad: { ...asAdmin, query: '?sync=perhaps', status: 400 },
  },
  'PUT /system/feeds/{feed}': switched,
  'PUT /system/feeds/{feed}/{group}': switched,
  'DELETE /system/feeds/{feed}': deleted,
  'DELETE /system/feeds/{feed}/{group}': deleted,
  'POST /system/webhooks/{webhook_type}/test': {
    good: async ({ ask, webhook }) => {
      await ask('POST', '/notifications/channels', { name: 'all', type: 'webhook', settings: { url: webhook } }, admin);
      return { ...asAdmin, params: { webhook_type: 'general' }, query: '?notification_type=policy_eval' };
    },
    bad: { ...asAdmin, params: { webhook_type: 'general' }, query: '?notification_type=keel', status: 400 },
  },
  'POST /oauth/token': {
    good: {
      sender: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'password',
        username: admin.user,
        password: admin.password,
        client_id: 'anonymous',
      }).toString(),
    },
    bad: { sender: null, body: 'grant_type=password&username=admin&password=wrong&client_id=anonymous', status: 401 },
  },
};
