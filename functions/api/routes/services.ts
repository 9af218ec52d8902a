import { notAuthorized } from '#access/principal.ts';
import { Fault } from '#core/fault.ts';
import { gateSpecs, errorCodeList, metricsText, serviceDetail, serviceList, systemStatus } from '#schema/api/system.ts';
import type { ServiceState } from '../system-status.ts';
import { type Call, type Route, route } from '../route.ts';

/** What runs, how it is, and what its words mean. */
export const serviceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/status',
    summary: 'How this service is',
    access: 'user',
    answer: serviceDetail,
    handle: async () => (await import('../system-status.ts')).serviceDetail(),
  }),
  route({
    method: 'GET',
    path: '/system',
    summary: 'The services and how they are; administrators see how much waits',
    access: 'user',
    answer: systemStatus,
    handle: async (call: Call) => ({ service_states: await states(call) }),
  }),
  route({
    method: 'GET',
    path: '/system/services',
    summary: 'The services',
    access: 'listServices',
    answer: serviceList,
    handle: states,
  }),
  route({
    method: 'GET',
    path: '/system/services/{servicename}',
    summary: 'The services of a name',
    access: 'getService',
    answer: serviceList,
    handle: named,
  }),
  route({
    method: 'GET',
    path: '/system/services/{servicename}/{hostid}',
    summary: 'The service of a name on a host',
    access: 'getService',
    answer: serviceList,
    handle: named,
  }),
  route({
    method: 'DELETE',
    path: '/system/services/{servicename}/{hostid}',
    summary: 'Services cannot be deleted while they are active, and here they always are',
    access: 'deleteService',
    answer: null,
    async handle(call: Call) {
      const [{ servicename, hostid }] = (await named(call)) as readonly [ServiceState];
      throw new Fault('state/conflict', `the service ${servicename} on ${hostid} is active and cannot be deleted`);
    },
  }),
  route({
    method: 'GET',
    path: '/system/error_codes',
    summary: 'What the words in error answers mean',
    access: 'user',
    answer: errorCodeList,
    handle: async () => (await import('../error-codes.ts')).errorCodes,
  }),
  route({
    method: 'GET',
    path: '/system/policy_spec',
    summary: 'Gates, triggers and parameters that rules of policies may name',
    access: 'user',
    answer: gateSpecs,
    handle: async () => (await import('../policy-spec.ts')).policySpec(),
  }),
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'What there is and what waits, for Prometheus; for roles in the account admin',
    access: 'user',
    text: 'text/plain; version=0.0.4; charset=utf-8',
    answer: metricsText,
    handle: scrape,
  }),
];

async function states({ world, principal }: Call): Promise<readonly ServiceState[]> {
  return (await import('../system-status.ts')).systemStatus(world, { told: principal.admin });
}

/** Numbers of all accounts are for whoever has any role in the account of administrators: a key that only reads is enough for a scraper. */
async function scrape({ world, principal }: Call): Promise<string> {
  if (!principal.admin && principal.account !== 'admin') throw notAuthorized('system', 'listServices');
  return (await import('../metrics.ts')).metrics(world);
}

async function named(call: Call): Promise<readonly ServiceState[]> {
  const { servicename, hostid } = call.params;
  const found = (await states(call)).filter(
    (one) => one.servicename === servicename && (hostid === undefined || one.hostid === hostid),
  );
  if (found.length > 0) return found;
  const on = hostid === undefined ? '' : ` on ${hostid.slice(0, 100)}`;
  throw new Fault('state/not-found', `there is no service ${servicename?.slice(0, 100)}${on}`);
}
