import { Fault } from '#core/fault.ts';
import type { ApiClient } from './api-client.ts';
import { beforehand } from './refusal.ts';
import { type Field, type Item, itemsOf, textAt } from './shown.ts';
import { valueAt } from './value-at.ts';

export const activeStyle: NonNullable<Field['style']> = (value) => (value === true ? ['green'] : ['dim']);

/** Columns of repositories that are watched: what is known of them stands as JSON text in the subscription. */
export const repositoryFields: readonly Field[] = [
  { title: 'Repository', of: 'subscription_key', least: 20 },
  { title: 'Watched', of: 'active', style: activeStyle },
  { title: 'TagCount', of: (item) => valueAt(settingsOf(item), 'tagcount') },
];

/** The one subscription of a type under the first of these keys that has one. Throws `state/not-found` when none has. */
export async function findSubscription(api: ApiClient, type: string, keys: readonly string[]): Promise<Item> {
  for (const key of new Set(keys)) {
    const found = itemsOf(
      await beforehand(api.get(['subscriptions'], { subscription_key: key, subscription_type: type })),
    );
    const match = found.find(
      (one) => keys.includes(textAt(one, 'subscription_key')) && one['subscription_type'] === type,
    );
    if (match !== undefined && textAt(match, 'subscription_id') !== '') return match;
  }
  throw new Fault(
    'state/not-found',
    `there is no subscription ${type} of '${(keys[0] ?? '').slice(0, 200)}'; see plimsoll subscription list`,
  );
}

/** Switches a subscription on or off; what the server answers. */
export async function switchSubscription(api: ApiClient, found: Item, active: boolean): Promise<unknown> {
  return await api.ask('PUT', ['subscriptions', textAt(found, 'subscription_id')], {
    body: {
      active,
      subscription_key: found['subscription_key'],
      subscription_type: found['subscription_type'],
    },
  });
}

function settingsOf(item: Item): unknown {
  try {
    return JSON.parse(textAt(item, 'subscription_value'));
  } catch {
    return null;
  }
}
