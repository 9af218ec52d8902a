import { requireAccount } from '#access/account-store.ts';
import { Fault } from '#core/fault.ts';
import {
  addSubscription,
  changeSubscription,
  findSubscription,
  listSubscriptions,
  removeSubscription,
} from '#notices/subscription-store.ts';
import {
  type SubscriptionRequest,
  subscriptionRemoved,
  subscriptionRequest,
  subscriptions,
  type SubscriptionsQuery,
  subscriptionsQuery,
  type SubscriptionUpdate,
  subscriptionUpdate,
} from '#schema/api/subscriptions.ts';
import { fitting } from '#platform/fitting.ts';
import { beginTelling } from '../begin-telling.ts';
import { jsonList } from '../json-list.ts';
import { type ApiWorld, type Call, type Route, route } from '../route.ts';
import { askedKeys, subscriptionKey } from '../subscription-keys.ts';
import { subscriptionRecord } from '../subscription-record.ts';

const one = '/subscriptions/{subscriptionId}';

export const subscriptionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/subscriptions',
    summary: 'What the account wants to hear of, or has watched',
    access: 'listSubscriptions',
    query: subscriptionsQuery,
    answer: subscriptions,
    handle: async ({ world, principal, query }) => jsonList('[', records(world, principal.account, query), ']'),
  }),
  route({
    method: 'POST',
    path: '/subscriptions',
    summary: 'Add a subscription; one that is there is not changed',
    access: 'createSubscription',
    body: subscriptionRequest,
    answer: subscriptions,
    handle: add,
  }),
  route({
    method: 'GET',
    path: one,
    summary: 'One subscription; nothing where there is none',
    access: 'getSubscription',
    answer: subscriptions,
    async handle({ world, principal, params }) {
      const found = await findSubscription(world, principal.account, params['subscriptionId'] ?? '');
      return found === null ? [] : [subscriptionRecord(found)];
    },
  }),
  route({
    method: 'PUT',
    path: one,
    summary: 'Switch a subscription on or off, or change its value; what is left out stays',
    access: 'updateSubscription',
    body: subscriptionUpdate,
    answer: subscriptions,
    handle: change,
  }),
  route({
    method: 'DELETE',
    path: one,
    summary: 'Remove a subscription',
    access: 'deleteSubscription',
    answer: subscriptionRemoved,
    async handle({ world, principal, params }) {
      await removeSubscription(world, principal.account, params['subscriptionId'] ?? '');
      return true;
    },
  }),
];

async function* records(world: ApiWorld, account: string, query: SubscriptionsQuery) {
  const { subscription_type: type, subscription_key: text } = query;
  const keys = text === undefined ? [null] : askedKeys(type, text);
  for (const key of keys)
    for (let after = '', size = 500, full = true; full; ) {
      const of = { key, type: type ?? null, after };
      const page = await fitting(size, (limit) => listSubscriptions(world, account, { ...of, limit }));
      yield* page.rows.map(subscriptionRecord);
      full = page.rows.length === page.limit;
      after = page.rows.at(-1)?.id ?? '';
      size = page.limit;
    }
}

async function add({ world, principal: { account }, body }: Call<unknown, SubscriptionRequest>) {
  const { subscription_type: type, subscription_value: value = null, active } = body;
  const key = subscriptionKey(type, body.subscription_key);
  await requireAccount(world, account);
  const added = await addSubscription(world, account, { key, type, value, active }, world.clock.now());
  // The text and the status are what clients of the original look for.
  if (added === null) throw new Fault('state/exists', 'subscription already exists in DB');
  await (await import('../../watch-soon.ts')).watchSoon(world, added);
  await beginTelling(world, added);
  return [subscriptionRecord(added)];
}

async function change({ world, principal: { account }, params, body }: Call<unknown, SubscriptionUpdate>) {
  const id = params['subscriptionId'] ?? '';
  const { active, subscription_value: value } = body;
  const asked = {
    ...(active === undefined || active === null ? {} : { active }),
    ...(value === undefined ? {} : { value }),
  };
  const before = await findSubscription(world, account, id);
  const changed = await changeSubscription(world, account, id, asked, world.clock.now());
  if (changed === null) throw new Fault('state/not-found', 'subscription not found in DB');
  if (active === true) await (await import('../../watch-soon.ts')).watchSoon(world, changed);
  if (before?.active !== true) await beginTelling(world, changed);
  return [subscriptionRecord(changed)];
}
