import type { Call, Group } from '../client/leaf.ts';
import type { Argument, OptionLine } from '../client/takes.ts';
import { secretWord } from '../client/secret-word.ts';
import { type Field, facts, type Shown, said, table } from '../client/shown.ts';

const registryArgument: Argument = { name: 'REGISTRY', help: 'HOST[:PORT], HOST/REPOSITORY or HOST/PREFIX*' };

const loginArguments: readonly Argument[] = [
  registryArgument,
  { name: 'USER', help: 'user; for awsecr the id of an access key, awsauto or _iam_role' },
  {
    name: 'PASSWORD',
    optional: true,
    help: 'password; - reads it from the standard input, and left out it is asked for: what stands in a command line can be seen in the list of processes',
  },
];

const loginOptions: readonly OptionLine[] = [
  { name: 'insecure', help: 'take any certificate of the registry' },
  {
    name: 'registry-type',
    value: 'TYPE',
    choices: ['docker_v2', 'awsecr'],
    help: 'guessed from the name when left out',
  },
  { name: 'skip-validate', help: 'do not log in to the registry first' },
  { name: 'registry-name', value: 'NAME', help: 'what people call it (default: the registry)' },
];

const fields: readonly Field[] = [
  { title: 'Registry', of: 'registry' },
  { title: 'Name', of: (item) => item['registry_name'] ?? item['registry'] },
  { title: 'User', of: 'registry_user' },
  { title: 'Type', of: 'registry_type' },
  { title: 'Verify TLS', of: 'registry_verify' },
  { title: 'Created', of: 'created_at' },
  { title: 'Updated', of: 'last_updated' },
];

const listFields: readonly Field[] = [
  { title: 'Registry', of: 'registry', least: 20 },
  { title: 'Name', of: (item) => item['registry_name'] ?? item['registry'], least: 10 },
  { title: 'Type', of: 'registry_type' },
  { title: 'User', of: 'registry_user', least: 8 },
];

/** Logins of registries. */
export const registry: Group = {
  name: 'registry',
  leaves: [
    {
      words: 'add',
      summary: 'Adds the login of a registry',
      arguments: loginArguments,
      options: loginOptions,
      run: async (call) => await store(call, 'POST', ['registries'], typeOf(call)),
    },
    {
      words: 'update',
      summary: 'Changes the login of a registry',
      arguments: loginArguments,
      options: loginOptions,
      run: async (call) =>
        await store(
          call,
          'PUT',
          ['registries', call.given.word('REGISTRY')],
          call.given.text('registry-type') ?? 'docker_v2',
        ),
    },
    {
      words: 'get',
      summary: 'Shows the login of a registry, without its password',
      arguments: [registryArgument],
      run: async ({ api, given }) => facts(await api.get(['registries', given.word('REGISTRY')]), fields),
    },
    {
      words: 'list',
      summary: 'Lists the registries that have a login',
      run: async ({ api }) => table(await api.get(['registries']), listFields, 'Registry'),
    },
    {
      words: 'del',
      summary: 'Deletes the login of a registry',
      arguments: [registryArgument],
      async run({ api, given }) {
        const name = given.word('REGISTRY');
        return said(await api.ask('DELETE', ['registries', name]), `the login of ${name} is deleted`);
      },
    },
  ],
};

/** As the original's client guesses it, which sends a type in any case. */
function typeOf({ given }: Call): string {
  const isEcr = /^[0-9]+\.dkr\.ecr\..*\.amazonaws\.com/.test(given.word('REGISTRY'));
  return given.text('registry-type') ?? (isEcr ? 'awsecr' : 'docker_v2');
}

async function store(
  { api, given, questions }: Call,
  method: 'POST' | 'PUT',
  path: readonly string[],
  type: string,
): Promise<Shown> {
  const name = given.word('REGISTRY');
  const password = await secretWord(
    questions,
    given.maybe('PASSWORD'),
    `Password of ${given.word('USER')} at ${name}: `,
  );
  const value = await api.ask(method, path, {
    query: { validate: !given.flag('skip-validate') },
    body: {
      registry: name,
      registry_user: given.word('USER'),
      registry_pass: password,
      registry_type: type,
      registry_verify: !given.flag('insecure'),
      registry_name: given.text('registry-name') ?? name,
    },
  });
  return facts(value, fields);
}
