import { familiarReference, formatReference, parseReference } from '#registry/reference.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { type Field, type Shown, said, table } from '../client/shown.ts';
import { activeStyle, findSubscription, switchSubscription } from '../client/subscription-fields.ts';

const keyArguments: readonly Argument[] = [
  {
    name: 'TYPE',
    help: 'what is told',
    examples: ['tag_update', 'policy_eval', 'vuln_update', 'analysis_update', 'repo_update'],
  },
  { name: 'KEY', help: 'a tag, or for repo_update a repository: docker.io/library/alpine:latest' },
];

const idArgument: Argument = { name: 'ID', help: 'id of the subscription, as subscription list --full shows it' };

const fields: readonly Field[] = [
  { title: 'Tag', of: 'subscription_key', least: 20 },
  { title: 'Subscription Type', of: 'subscription_type' },
  { title: 'Active', of: 'active', style: activeStyle },
];

const idField: Field = { title: 'Subscription ID', of: 'subscription_id', least: 12 };

/** What an account is told of. */
export const subscription: Group = {
  name: 'subscription',
  leaves: [
    {
      words: 'activate',
      summary: 'Has changes of a tag told',
      arguments: keyArguments,
      run: async (call) => await change(call, true),
    },
    {
      words: 'deactivate',
      summary: 'Has changes of a tag told no more',
      arguments: keyArguments,
      run: async (call) => await change(call, false),
    },
    {
      words: 'list',
      summary: 'Lists the subscriptions',
      options: [{ name: 'full', help: 'with their ids' }],
      run: async ({ api, given }) =>
        table(await api.get(['subscriptions']), given.flag('full') ? [...fields, idField] : fields, 'Tag'),
    },
    {
      words: 'get',
      summary: 'Shows a subscription',
      arguments: [idArgument],
      run: async ({ api, given }) =>
        table(await api.get(['subscriptions', given.word('ID')]), [
          ...fields,
          idField,
          { title: 'User ID', of: 'userId' },
        ]),
    },
    {
      words: 'del',
      summary: 'Deletes a subscription that is not active',
      arguments: [idArgument],
      async run({ api, given }) {
        const id = given.word('ID');
        return said(await api.ask('DELETE', ['subscriptions', id]), `the subscription ${id} is deleted`);
      },
    },
  ],
};

async function change({ api, given }: Call, active: boolean): Promise<Shown> {
  const [type, key] = [given.word('TYPE'), given.word('KEY')];
  const value = await switchSubscription(api, await findSubscription(api, type, keysOf(key)), active);
  return said(value, `${type} of ${key} is ${active ? 'active' : 'not active any more'}`);
}

/** The key as it was given, then the whole name of the tag, as servers keep it. */
function keysOf(key: string): readonly string[] {
  try {
    const whole = parseReference(key);
    return [key, formatReference(whole), `docker.io/${familiarReference(whole)}`];
  } catch {
    return [key];
  }
}
