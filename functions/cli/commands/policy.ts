import { Fault } from '#core/fault.ts';
import { parseBundle } from '#policy/bundle.ts';
import { bundles } from '#policy/bundles.ts';
import { unusedParts } from '#policy/unused-parts.ts';
import { bundleShown, policyFields, policyListFields } from '../client/policy-fields.ts';
import { gateFields, parameterFields, specParts, triggerFields } from '../client/policy-spec-fields.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { readJson } from '../client/read-input.ts';
import { facts, type Item, itemsOf, listAt, type Shown, said, table, textAt } from '../client/shown.ts';

const idArgument: Argument = { name: 'POLICYID', help: 'id of the policy, as policy list shows it' };
const bundleArgument: Argument = { name: 'BUNDLENAME', help: 'name of the bundle, as policy hub list shows it' };

/** Policy bundles of an account, and those that others publish. */
export const policy: Group = {
  name: 'policy',
  leaves: [
    {
      words: 'add',
      summary: 'Adds a policy bundle',
      arguments: [{ name: 'FILE', help: 'the bundle, JSON' }],
      run: async (call) => await addBundle(call, await readJson(call.given.word('FILE'))),
    },
    {
      words: 'get',
      summary: 'Shows a policy bundle',
      arguments: [idArgument],
      options: [{ name: 'detail', help: 'the bundle itself, as JSON' }],
      async run({ api, given }) {
        const detail = given.flag('detail');
        const value = await api.get(['policies', given.word('POLICYID')], { detail });
        return detail ? bundleShown(value) : facts(value, policyFields);
      },
    },
    {
      words: 'list',
      summary: 'Lists the policy bundles',
      run: async ({ api }) => table(await api.get(['policies'], { detail: false }), policyListFields, 'Active'),
    },
    {
      words: 'activate',
      summary: 'Makes a policy the one that images are judged by',
      arguments: [idArgument],
      run: activate,
    },
    {
      words: 'del',
      summary: 'Deletes a policy bundle',
      arguments: [idArgument],
      async run({ api, given }) {
        const id = given.word('POLICYID');
        return said(await api.ask('DELETE', ['policies', id]), `the policy ${id} is deleted`);
      },
    },
    {
      words: 'describe',
      summary: 'Tells which gates, triggers and parameters policies are made of',
      options: [
        { name: 'gate', value: 'GATE', help: 'the triggers of this gate' },
        { name: 'trigger', value: 'TRIGGER', help: 'with --gate: the parameters of this trigger' },
        { name: 'all', help: 'also those that are deprecated or have ended' },
      ],
      run: describe,
      exit: () => 2,
    },
    {
      words: 'init',
      summary: 'Prints a bundle to begin with, without asking a server',
      arguments: [
        {
          name: 'NAME',
          help: 'the bundle (default: default)',
          optional: true,
          choices: bundles.map(({ name }) => name),
        },
      ],
      run: async ({ given }) => {
        const name = given.maybe('NAME') ?? 'default';
        return bundleShown(bundles.find((one) => one.name === name)!.bundle);
      },
    },
    {
      words: 'lint',
      summary: 'Tells what is wrong with a bundle, without asking a server',
      help: 'Exit code 1: something is wrong, and no server takes it.',
      arguments: [{ name: 'FILE', help: 'the bundle, JSON' }],
      run: async ({ given }) => linted(given.word('FILE'), await readJson(given.word('FILE'))),
    },
    {
      words: 'hub list',
      summary: 'Lists the bundles that a hub publishes',
      async run({ hub }) {
        const value = await hub.index();
        const bundles = listAt(value, 'content').filter((one) => one['type'] === 'bundle');
        const fields = [
          { title: 'Name', of: 'name' },
          { title: 'Description', of: 'description', wraps: true as const },
        ];
        return { ...table(bundles, fields, 'Name'), value };
      },
      exit: () => 2,
    },
    {
      words: 'hub get',
      summary: 'Shows a bundle of a hub',
      arguments: [bundleArgument],
      run: async ({ hub, given }) => hubBundleShown(await hub.bundle(given.word('BUNDLENAME'))),
      exit: () => 2,
    },
    {
      words: 'hub install',
      summary: 'Adds a bundle of a hub',
      arguments: [bundleArgument],
      options: [
        { name: 'target-id', value: 'ID', help: 'id of the policy here (default: the name of the bundle)' },
        { name: 'force', help: 'also in place of one with the same id' },
      ],
      run: install,
      exit: () => 2,
    },
  ],
};

/** All that a server would say of a bundle, and what in it nothing leads to. */
function linted(file: string, bundle: unknown): Shown {
  const parsed = parseBundle(bundle);
  const problems = parsed.kind === 'invalid' ? parsed.problems : [];
  const unused = parsed.kind === 'bundle' ? unusedParts(parsed.bundle) : [];
  const lines = [
    ...problems.map(({ problem_type: kind, details }) => ({ level: 'error', kind, details })),
    ...unused.map((details) => ({ level: 'note', kind: 'Unused', details })),
  ];
  const fields = [
    { title: 'Level', of: 'level' },
    { title: 'Kind', of: 'kind' },
    { title: 'Details', of: 'details', wraps: true as const },
  ];
  if (lines.length === 0) return said(lines, `${file} is good`);
  return { ...table(lines, fields), code: problems.length > 0 ? 1 : 0 };
}

async function addBundle({ api }: Call, bundle: unknown): Promise<Shown> {
  return facts(await api.ask('POST', ['policies'], { query: { detail: true }, body: bundle }), policyFields);
}

async function activate({ api, given }: Call): Promise<Shown> {
  const id = given.word('POLICYID');
  const [record] = itemsOf(await api.get(['policies', id], { detail: true }));
  if (record === undefined) throw new Fault('state/not-found', `the server has no policy '${id.slice(0, 100)}'`);
  return said(
    await api.ask('PUT', ['policies', id], { body: { ...record, active: true } }),
    `the policy ${id} is active`,
  );
}

async function describe({ api, given }: Call): Promise<Shown> {
  const [gate, trigger] = [given.text('gate'), given.text('trigger')];
  const all = given.flag('all');
  if (trigger !== undefined && gate === undefined)
    throw new Fault('input/invalid', 'policy describe: --trigger needs --gate too');
  const value = await api.get(['system', 'policy_spec']);
  const shown = (items: readonly Item[], fields: typeof gateFields, sort: string): Shown => ({
    ...table(
      items.filter(({ state }) => all || state === undefined || state === null || state === 'active'),
      all ? [...fields, ...specParts] : fields,
      sort,
    ),
    value,
  });
  if (gate === undefined) return shown(itemsOf(value), gateFields, 'Gate');
  const found = named(itemsOf(value), gate, 'gate');
  if (trigger === undefined) return shown(listAt(found, 'triggers'), triggerFields, 'Trigger');
  return shown(
    listAt(named(listAt(found, 'triggers'), trigger, 'trigger'), 'parameters'),
    parameterFields,
    'Parameter',
  );
}

function named(items: readonly Item[], name: string, what: string): Item {
  const found = items.find((item) => textAt(item, 'name').toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const known = items.map((item) => textAt(item, 'name')).join(', ');
  throw new Fault('input/invalid', `policy describe: there is no ${what} '${name.slice(0, 60)}'; give one of ${known}`);
}

async function install(call: Call): Promise<Shown> {
  const { api, hub, given } = call;
  const bundle = await hub.bundle(given.word('BUNDLENAME'));
  const id = given.text('target-id') ?? textAt(bundle, 'name');
  if (!given.flag('force')) {
    const installed = itemsOf(await api.get(['policies'], { detail: false }));
    if (installed.some((one) => one['policyId'] === id))
      throw new Fault(
        'state/conflict',
        `there is a policy ${id} already; give --force to replace it, or another --target-id`,
      );
  }
  return await addBundle(call, { ...bundle, id });
}

/** What a bundle holds, in names. */
function hubBundleShown(bundle: Item): Shown {
  const described = (item: Item) => item['description'] ?? item['comment'];
  const about = [
    { title: 'Policy Bundle ID', of: 'id' },
    { title: 'Name', of: 'name' },
    { title: 'Description', of: described },
  ];
  const part = (what: string, items: readonly Item[]) =>
    items.map((item) => ({ what, name: item['name'], about: described(item) }));
  const mappings = listAt(bundle, 'mappings').map((item) => ({
    what: 'mapping',
    name: item['name'],
    about: `${textAt(item, 'registry')}/${textAt(item, 'repository')}:${textAt(item, 'image.value')}`,
  }));
  const parts = [...part('policy', listAt(bundle, 'policies')), ...part('whitelist', listAt(bundle, 'whitelists'))];
  const fields = [
    { title: 'Part', of: 'what' },
    { title: 'Name', of: 'name', least: 16 },
    { title: 'Description', of: 'about', wraps: true as const },
  ];
  const shown = table([...parts, ...mappings], fields);
  return { value: bundle, blocks: [...facts(bundle, about).blocks, ...shown.blocks] };
}
