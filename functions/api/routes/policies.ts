import { requireAccount } from '#access/account-store.ts';
import { Fault } from '#core/fault.ts';
import { readBundleDocument } from '#policy/bundle-document.ts';
import { deleteBundle, getBundle, listBundles } from '#policy/bundle-store.ts';
import {
  getPolicyQuery,
  givenBundle,
  listPoliciesQuery,
  policyDeleted,
  policyRecord as policyAnswer,
  policyRecords,
  policyUpdate,
  updatePolicyQuery,
} from '#schema/api/policies.ts';
import { jsonList } from '../json-list.ts';
import { allPages } from '../pages.ts';
import { policyRecord } from '../policy-record.ts';
import { type Call, type Route, route } from '../route.ts';

export const policyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/policies',
    summary: 'Policy bundles of the account',
    access: 'listPolicies',
    query: listPoliciesQuery,
    answer: policyRecords,
    handle: async (call: DetailCall) => jsonList('[', records(call), ']'),
  }),
  route({
    method: 'POST',
    path: '/policies',
    summary: 'Add a policy bundle, or replace the one with its id; a new one is not active',
    access: 'createPolicy',
    body: givenBundle,
    answer: policyAnswer,
    async handle({ world, principal: { account }, body }) {
      await requireAccount(world, account);
      return (await import('../store-policy.ts')).addPolicy(world, account, body);
    },
  }),
  route({
    method: 'GET',
    path: '/policies/{policyId}',
    summary: 'One policy bundle',
    access: 'getPolicy',
    query: getPolicyQuery,
    answer: policyRecords,
    handle: async ({ world, principal, params, query }: DetailCall) => {
      const id = params['policyId'] ?? '';
      const found = await getBundle(world, principal.account, id);
      if (found === null) throw missing(id);
      return [policyRecord(found, query.detail ? found.bundle : null)];
    },
  }),
  route({
    method: 'PUT',
    path: '/policies/{policyId}',
    summary: 'Change a policy bundle, or make it the one by which images are judged',
    access: 'updatePolicy',
    query: updatePolicyQuery,
    body: policyUpdate,
    answer: policyRecords,
    async handle({ world, principal: { account }, params, query, body }) {
      const { updatePolicy } = await import('../store-policy.ts');
      const { active = body.active } = query;
      return [await updatePolicy(world, account, params['policyId'] ?? '', { ...body, active })];
    },
  }),
  route({
    method: 'DELETE',
    path: '/policies/{policyId}',
    summary: 'Delete a policy bundle that is not active; its verdicts stay',
    access: 'deletePolicy',
    answer: policyDeleted,
    handle: remove,
  }),
];

type DetailCall = Call<{ readonly detail: boolean }>;

/** One document at a time: a bundle may have megabytes. */
async function* records({ world, principal: { account }, query }: DetailCall) {
  const found = await allPages(
    (after, limit) => listBundles(world, account, { after, limit }),
    ({ policyId }) => policyId,
  );
  for (const one of found) yield policyRecord(one, query.detail ? await readBundleDocument(world, one.key) : null);
}

async function remove({ world, principal: { account }, params }: Call) {
  const id = params['policyId'] ?? '';
  const outcome = await deleteBundle(world, account, id);
  if (outcome === 'absent') throw missing(id);
  if (outcome === 'active')
    throw new Fault('state/conflict', `policy ${id} is the active one; activate another before it is deleted`);
  return 'deleted';
}

function missing(id: string): Fault {
  return new Fault('state/not-found', `policy ${id.slice(0, 200)} not found`);
}
