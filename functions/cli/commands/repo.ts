import { parseReference } from '#registry/reference.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import type { ApiClient } from '../client/api-client.ts';
import { itemsOf, type Shown, said, table } from '../client/shown.ts';
import { findSubscription, repositoryFields, switchSubscription } from '../client/subscription-fields.ts';

const repositoryArgument: Argument = { name: 'REPOSITORY', help: 'registry/repository' };

/** Repositories whose new tags are added by themselves. To the server they are subscriptions of the type repo_update. */
export const repo: Group = {
  name: 'repo',
  leaves: [
    {
      words: 'add',
      summary: 'Watches a repository: its tags are added, and later ones as they come',
      arguments: [repositoryArgument],
      options: [
        { name: 'noautosubscribe', help: 'do not watch its tags for newer images' },
        { name: 'lookuptag', value: 'TAG', help: 'a tag that it has, where it has no latest' },
        { name: 'dryrun', help: 'only show how many tags there are' },
      ],
      run: add,
    },
    {
      words: 'list',
      summary: 'Lists the repositories that were added',
      run: async ({ api }) => table(await watched(api), repositoryFields, 'Repository'),
    },
    {
      words: 'get',
      summary: 'Shows a repository',
      arguments: [repositoryArgument],
      async run({ api, given }) {
        const keys = keysOf(given.word('REPOSITORY'));
        const found = itemsOf(await watched(api)).filter((one) => keys.includes(String(one['subscription_key'])));
        return table(found, repositoryFields, 'Repository');
      },
    },
    {
      words: 'del',
      summary: 'Forgets a repository; images that were added stay',
      arguments: [repositoryArgument],
      async run({ api, given }) {
        const name = given.word('REPOSITORY');
        const { subscription_id: id } = await findSubscription(api, 'repo_update', keysOf(name));
        return said(await api.ask('DELETE', ['subscriptions', String(id)]), `${name} is watched no more`);
      },
    },
    {
      words: 'watch',
      summary: 'Adds new tags of a repository again',
      arguments: [repositoryArgument],
      run: async (call) => await watch(call, true),
    },
    {
      words: 'unwatch',
      summary: 'Leaves new tags of a repository alone',
      arguments: [repositoryArgument],
      run: async (call) => await watch(call, false),
    },
  ],
};

async function watched(api: ApiClient): Promise<unknown> {
  const found = await api.get(['subscriptions'], { subscription_type: 'repo_update' });
  return itemsOf(found).filter((one) => one['subscription_type'] === 'repo_update');
}

async function add({ api, given }: Call): Promise<Shown> {
  const dryRun = given.flag('dryrun');
  const value = await api.ask('POST', ['repositories'], {
    query: {
      repository: keysOf(given.word('REPOSITORY'))[0],
      autosubscribe: !given.flag('noautosubscribe'),
      dryrun: dryRun,
      lookuptag: given.text('lookuptag'),
    },
  });
  const shown = table(value, repositoryFields, 'Repository');
  if (!dryRun) return shown;
  return { value, blocks: [{ kind: 'sentence', text: 'Dry run: the repository was not added.' }, ...shown.blocks] };
}

async function watch({ api, given }: Call, active: boolean): Promise<Shown> {
  const found = await findSubscription(api, 'repo_update', keysOf(given.word('REPOSITORY')));
  return table(await switchSubscription(api, found, active), repositoryFields);
}

/** Under which names a server may have a repository: the original's `docker.io/alpine` is Docker's `docker.io/library/alpine`. */
function keysOf(text: string): readonly string[] {
  const { registry, repository } = parseReference(text);
  const whole = `${registry}/${repository}`;
  return [whole.replace(/^docker\.io\/library\//, 'docker.io/'), whole, text];
}
