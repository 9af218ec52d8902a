import { Fault } from '#core/fault.ts';
import { feedFields, feedGroupFields, feedGroups, syncFields, syncGroups } from '../client/feed-fields.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { type Field, itemsOf, listAt, rows, type Shown, said, table, textAt } from '../client/shown.ts';
import { systemReady } from '../client/system-ready.ts';
import { pauseOptions } from '../client/wait-for.ts';

const feedArgument: Argument = { name: 'FEED', help: 'name of a feed, as system feeds list shows it' };
const groupOption = { name: 'group', value: 'GROUP', help: 'only this group of it' } as const;

const serviceFields: readonly Field[] = [
  { title: 'Service', of: 'servicename' },
  { title: 'Host', of: 'hostid', least: 10 },
  { title: 'Address', of: 'base_url', least: 12, dispensable: 1 },
  {
    title: 'Status',
    of: (item) => (item['status'] ? 'up' : `down (${textAt(item, 'status_message') || 'unknown'})`),
    style: (value) => [value === 'up' ? 'green' : 'red'],
  },
];

/** The server itself: its services, its feeds, its errors. */
export const system: Group = {
  name: 'system',
  leaves: [
    {
      words: 'status',
      summary: 'Shows the services of the server and its versions',
      run: async ({ api }) => statusShown(await api.get(['system'])),
    },
    {
      words: 'errorcodes',
      summary: 'Tells what the codes in errors mean',
      async run({ api }) {
        const fields: readonly Field[] = [
          { title: 'Error Code', of: 'name' },
          { title: 'Description', of: 'description', wraps: true },
        ];
        return table(await api.get(['system', 'error_codes']), fields, 'Error Code');
      },
    },
    {
      words: 'wait',
      summary: 'Waits until the server answers, its services are up and its feeds are loaded',
      options: [
        ...pauseOptions,
        {
          name: 'servicesready',
          value: 'NAMES',
          help: 'services that have to be up (default: catalog,apiext,policy_engine,simplequeue,analyzer)',
        },
        {
          name: 'feedsready',
          value: 'NAMES',
          help: 'feeds that have to be loaded (default: vulnerabilities); "" for none',
        },
      ],
      run: async (call) => said(await systemReady(call), 'the server is ready'),
      exit: () => 2,
    },
    {
      words: 'del',
      summary: 'Removes a service that is not running any more from the list of services',
      arguments: [
        { name: 'HOST', help: 'id of its host, as system status shows it' },
        { name: 'NAME', help: 'name of the service' },
      ],
      async run({ api, given }) {
        const [host, name] = [given.word('HOST'), given.word('NAME')];
        return said(await api.ask('DELETE', ['system', 'services', name, host]), `${name} of ${host} is removed`);
      },
    },
    {
      words: 'feeds list',
      summary: 'Lists the feeds of the server and how old they are',
      run: async ({ api }) => feedsShown(await api.get(['system', 'feeds'])),
    },
    {
      words: 'feeds sync',
      summary: 'Has feeds brought up to date now',
      options: [
        { name: 'flush', help: 'read everything again' },
        { name: 'dontask', help: 'do not ask whether it is meant' },
      ],
      run: sync,
    },
    {
      words: 'feeds config',
      summary: 'Switches a feed or a group of it on or off',
      arguments: [feedArgument],
      options: [
        groupOption,
        { name: 'enable', help: 'on' },
        { name: 'disable', help: 'off: what is stored of it stays' },
      ],
      run: configure,
    },
    {
      words: 'feeds delete',
      summary: 'Deletes what is stored of a feed or a group that is switched off',
      arguments: [feedArgument],
      options: [groupOption],
      async run({ api, given }) {
        const group = given.text('group');
        const value = await api.ask('DELETE', feedPath(given.word('FEED'), group));
        return group === undefined ? feedsShown(value) : table(value, feedGroupFields);
      },
    },
    {
      words: 'webhook test',
      summary: 'Sends a notification that means nothing to the webhook of a type',
      arguments: [{ name: 'TYPE', optional: true, help: 'type of the webhook (default: general)' }],
      options: [
        {
          name: 'ntype',
          value: 'TYPE',
          help: 'of the notification: tag_update (default), policy_eval, vuln_update or analysis_update',
        },
      ],
      async run({ api, given }) {
        const path = ['system', 'webhooks', given.maybe('TYPE') ?? 'general', 'test'];
        const query = { notification_type: given.text('ntype') ?? 'tag_update' };
        return said(await api.ask('POST', path, { query }), 'the notification was sent');
      },
    },
  ],
};

/** Versions are those of an API that is up, else of the first service that tells them. */
function statusShown(value: unknown): Shown {
  const services = itemsOf(value).flatMap((answer) => listAt(answer, 'service_states'));
  const api = services.filter((one) => one['servicename'] === 'apiext' && one['status']);
  const told = (path: string) => [...api, ...services].map((one) => textAt(one, path)).find((text) => text !== '');
  const versions = [
    { title: 'Engine DB Version', of: () => told('service_detail.db_version') },
    { title: 'Engine Code Version', of: () => told('service_detail.version') },
  ];
  return {
    value,
    blocks: [rows(services, serviceFields, 'Service'), { kind: 'facts', fields: versions, items: [{}] }],
  };
}

async function sync({ api, given, questions }: Call): Promise<Shown> {
  const question = 'Bringing all feeds up to date may take long. Really do it now?';
  if (!given.flag('dontask') && !(await questions.confirm(question))) return said(null, 'nothing was done');
  const value = await api.ask('POST', ['system', 'feeds'], { query: { flush: given.flag('flush') } });
  return { value, blocks: [rows(syncGroups(value), syncFields, 'Feed')] };
}

async function configure({ api, given }: Call): Promise<Shown> {
  const [enable, group] = [given.flag('enable'), given.text('group')];
  if (enable === given.flag('disable'))
    throw new Fault('input/invalid', 'system feeds config: give either --enable or --disable');
  const value = await api.ask('PUT', feedPath(given.word('FEED'), group), { query: { enabled: enable } });
  return group === undefined ? feedsShown(value) : table(value, feedGroupFields);
}

function feedPath(feed: string, group: string | undefined): readonly string[] {
  return ['system', 'feeds', feed, ...(group === undefined ? [] : [group])];
}

function feedsShown(value: unknown): Shown {
  return { value, blocks: [rows(feedGroups(value), feedFields, 'Feed')] };
}
