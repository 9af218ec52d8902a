import { Fault } from '#core/fault.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { type Field, facts, itemsOf, type Shown, said, table, textAt } from '../client/shown.ts';

const idArgument: Argument = { name: 'ID', help: 'id of the correction' };

const fields: readonly Field[] = [
  { title: 'ID', of: 'uuid' },
  { title: 'Match', of: (item) => matched(item['match']), least: 20 },
  { title: 'Replace', of: (item) => pairs(item['replace']), least: 20 },
  { title: 'Created At', of: 'created_at' },
  { title: 'Description', of: 'description', least: 12 },
];

/** Corrections of what packages are taken for, so that they are not judged as others. Anchore Engine itself has none. */
export const enterprise: Group = {
  name: 'enterprise',
  leaves: [
    {
      words: 'corrections add',
      summary: 'Adds a correction of what a package is taken for',
      options: [
        {
          name: 'match',
          short: 'm',
          value: 'FIELD=VALUE',
          many: true,
          help: 'packages with this; needed (package=spring-core)',
        },
        { name: 'package_type', short: 'p', value: 'TYPE', help: 'type of these packages; needed (java)' },
        { name: 'replace', short: 'r', value: 'FIELD=VALUE', many: true, help: 'what stands there instead; needed' },
        { name: 'description', value: 'TEXT', help: 'why' },
      ],
      help: 'A field of the package stands in braces: --replace cpes=cpe:2.3:a:pivotal_software:{package}:3.2.14:*:*:*:*:*:*:*',
      run: add,
      exit: () => 2,
    },
    {
      words: 'corrections get',
      summary: 'Shows a correction',
      arguments: [idArgument],
      run: async ({ api, given }) => facts(await api.get(['enterprise', 'corrections', given.word('ID')]), fields),
      exit: () => 2,
    },
    {
      words: 'corrections list',
      summary: 'Lists the corrections',
      run: async ({ api }) => table(await api.get(['enterprise', 'corrections']), fields, 'Created At:desc'),
      exit: () => 2,
    },
    {
      words: 'corrections delete',
      summary: 'Deletes a correction',
      arguments: [idArgument],
      async run({ api, given }) {
        const id = given.word('ID');
        return said(await api.ask('DELETE', ['enterprise', 'corrections', id]), `the correction ${id} is deleted`);
      },
      exit: () => 2,
    },
  ],
};

async function add({ api, given }: Call): Promise<Shown> {
  const [match, replace] = [fieldValues(given.texts('match'), 'match'), fieldValues(given.texts('replace'), 'replace')];
  const type = given.text('package_type');
  if (type === undefined) throw new Fault('input/invalid', 'enterprise corrections add: --package_type is missing');
  const description = given.text('description');
  const value = await api.ask('POST', ['enterprise', 'corrections'], {
    body: {
      type: 'package',
      match: { type, field_matches: match },
      replace,
      ...(description === undefined ? {} : { description }),
    },
  });
  return said(value, 'the correction is added');
}

function fieldValues(texts: readonly string[], option: string): readonly object[] {
  if (texts.length === 0) throw new Fault('input/invalid', `enterprise corrections add: --${option} is missing`);
  return texts.map((text) => {
    const [, name, value] = /^([^=]+)=([^=]*)$/s.exec(text) ?? [];
    if (name === undefined)
      throw new Fault(
        'input/invalid',
        `enterprise corrections add: --${option} ${text.slice(0, 60)}: give FIELD=VALUE`,
      );
    return { field_name: name, field_value: value };
  });
}

function matched(match: unknown): string {
  const [item = {}] = itemsOf(match);
  return [textAt(item, 'type'), pairs(item['field_matches'])].filter((part) => part !== '').join(' ');
}

function pairs(list: unknown): string {
  return itemsOf(list)
    .map((item) => `${textAt(item, 'field_name')}=${textAt(item, 'field_value')}`)
    .join(', ');
}
