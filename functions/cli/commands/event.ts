import { Fault } from '#core/fault.ts';
import type { Call, Group } from '../client/leaf.ts';
import { type Field, facts, type Item, itemsOf, listAt, rows, type Shown, said } from '../client/shown.ts';

const fields = (full: boolean): readonly Field[] => [
  { title: 'Timestamp', of: 'event.timestamp' },
  { title: 'Level', of: 'event.level', style: (value) => (value === 'error' ? ['red'] : []) },
  { title: 'Event', of: 'event.type', least: 20 },
  ...(full ? [{ title: 'ResourceType', of: 'event.resource.type' }] : []),
  { title: 'Resource', of: 'event.resource.id', least: 16 },
  ...(full
    ? [
        { title: 'Service', of: 'event.source.servicename' },
        { title: 'Host', of: 'event.source.hostid', least: 8 },
      ]
    : []),
  { title: 'ID', of: 'generated_uuid' },
];

/** What happened in an account. */
export const event: Group = {
  name: 'event',
  leaves: [
    {
      words: 'list',
      summary: 'Lists events, the latest first',
      arguments: [{ name: 'RESOURCE', optional: true, help: 'only those of this tag, digest or repository' }],
      options: [
        { name: 'since', value: 'TIME', help: 'only later ones (ISO 8601, UTC)' },
        { name: 'before', value: 'TIME', help: 'only earlier ones' },
        { name: 'level', value: 'LEVEL', choices: ['info', 'error'], help: 'info or error' },
        { name: 'service', value: 'NAME', help: 'only those that this service told' },
        { name: 'host', value: 'ID', help: 'only those of this host' },
        { name: 'event_type', value: 'TYPE', help: 'only of this type; * stands for anything (system.*)' },
        { name: 'resource_type', value: 'TYPE', help: 'only of this type of resource' },
        { name: 'all', help: 'all of them; else the latest 100' },
        { name: 'full', help: 'with type of resource, service and host' },
      ],
      run: list,
    },
    {
      words: 'get',
      summary: 'Shows an event',
      arguments: [{ name: 'ID', help: 'id of the event' }],
      async run({ api, given }) {
        const value = await api.get(['events', given.word('ID')]);
        const shown = flat(itemsOf(value)[0]?.['event'] ?? value, '');
        return {
          ...facts(
            [Object.fromEntries(shown)],
            shown.map(([title]) => ({ title, of: (item) => item[title] })),
          ),
          value,
        };
      },
    },
    {
      words: 'delete',
      summary: 'Deletes an event, or many',
      arguments: [{ name: 'ID', optional: true, help: 'id of the event' }],
      options: [
        { name: 'since', value: 'TIME', help: 'those after this time (ISO 8601, UTC)' },
        { name: 'before', value: 'TIME', help: 'those before this time' },
        { name: 'all', help: 'every event' },
        { name: 'dontask', help: 'with --all: do not ask whether it is meant' },
      ],
      run: remove,
    },
  ],
};

async function list({ api, given, progress }: Call): Promise<Shown> {
  const query = {
    since: given.text('since'),
    before: given.text('before'),
    level: given.text('level')?.toLowerCase(),
    source_servicename: given.text('service'),
    source_hostid: given.text('host'),
    resource_id: given.maybe('RESOURCE'),
    event_type: given.text('event_type'),
    resource_type: given.text('resource_type'),
  };
  const first = await api.get(['events'], query);
  let page = itemsOf(first)[0] ?? {};
  const found: Item[] = [...listAt(page, 'results')];
  while (given.flag('all') && page['next_page'] === true) {
    progress.show(`${found.length} events`);
    const next = Number(page['page']) + 1;
    page = itemsOf(await api.get(['events'], { ...query, page: next }))[0] ?? {};
    const results = listAt(page, 'results');
    // A server that has more and more pages of nothing, or gives the same one again, is not asked for ever.
    if (results.length === 0 || page['page'] !== next) break;
    found.push(...results);
  }
  const value = { ...itemsOf(first)[0], ...page, results: found };
  return { value, blocks: [rows(found, fields(given.flag('full')))] };
}

async function remove({ api, given, questions }: Call): Promise<Shown> {
  const id = given.maybe('ID');
  if (id !== undefined) return said(await api.ask('DELETE', ['events', id]), `the event ${id} is deleted`);
  const [since, before] = [given.text('since'), given.text('before')];
  const all = given.flag('all');
  if (!all && since === undefined && before === undefined)
    throw new Fault('input/invalid', 'event delete: give the id of an event, --since, --before or --all');
  if (all && !given.flag('dontask') && !(await questions.confirm('Really delete all events?')))
    return said(null, 'nothing was deleted');
  const value = await api.ask('DELETE', ['events'], { query: { since, before } });
  const count = Array.isArray(value) ? value.length : null;
  if (count === null) return said(value, 'the events are deleted');
  return said(
    value,
    count === 0 ? 'no events were deleted: none match' : `${count} event${count === 1 ? ' is' : 's are'} deleted`,
  );
}

/** Fields of a nested object as `resource.id`; lists stay values. */
function flat(value: unknown, path: string): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path || 'event', value]];
  return Object.entries(value).flatMap(([key, one]) => flat(one, path === '' ? key : `${path}.${key}`));
}
