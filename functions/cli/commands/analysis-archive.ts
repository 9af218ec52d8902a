import { Fault } from '#core/fault.ts';
import { imageShown } from '../client/image-fields.ts';
import type { Call, Group } from '../client/leaf.ts';
import type { Argument } from '../client/takes.ts';
import { type Field, listAt, type Shown, said, table, textAt } from '../client/shown.ts';

const digestArgument: Argument = { name: 'DIGEST', help: 'digest of the image: sha256:...' };
const ruleArgument: Argument = { name: 'ID', help: 'id of the rule' };

const archivedFields: readonly Field[] = [
  { title: 'Digest', of: 'imageDigest', least: 19 },
  { title: 'Tags', of: (item) => listAt(item, 'image_detail').map((one) => textAt(one, 'pullstring')), least: 20 },
  { title: 'Analyzed At', of: 'analyzed_at' },
  { title: 'Archived At', of: 'created_at' },
  { title: 'Status', of: 'status' },
  { title: 'Archive Size Bytes', of: 'archive_size_bytes', dispensable: 1 },
];

const addedFields: readonly Field[] = [
  { title: 'Image Digest', of: 'digest', least: 19 },
  { title: 'Archive Status', of: 'status', style: (value) => (value === 'error' ? ['red'] : []) },
  { title: 'Details', of: 'detail', wraps: true },
];

const ruleFields: readonly Field[] = [
  { title: 'Rule Id', of: 'rule_id', least: 12 },
  { title: 'Global', of: 'system_global' },
  { title: 'Transition', of: 'transition' },
  { title: 'Analysis Age (Days)', of: 'analysis_age_days' },
  { title: 'Tag Versions Newer', of: 'tag_versions_newer' },
  { title: 'Registry', of: 'selector.registry', least: 8 },
  { title: 'Repository', of: 'selector.repository', least: 10 },
  { title: 'Tag', of: 'selector.tag', least: 6 },
  { title: 'Max Images', of: 'max_images_per_account', dispensable: 1 },
  { title: 'Registry Exclude', of: 'exclude.selector.registry', dispensable: 2 },
  { title: 'Repo Exclude', of: 'exclude.selector.repository', dispensable: 2 },
  { title: 'Tag Exclude', of: 'exclude.selector.tag', dispensable: 2 },
  { title: 'Exclude Exp Days', of: 'exclude.expiration_days', dispensable: 2 },
  { title: 'Last Updated', of: 'last_updated', dispensable: 3 },
];

/** Analyses that are kept apart from the images of every day, and the rules that put them there. */
export const analysisArchive: Group = {
  name: 'analysis-archive',
  leaves: [
    {
      words: 'images add',
      summary: 'Archives the analyses of images; the images stay',
      arguments: [{ ...digestArgument, many: true, optional: true }],
      run: archive,
    },
    {
      words: 'images restore',
      summary: 'Makes an image of its archived analysis',
      arguments: [digestArgument],
      async run({ api, given }) {
        const digest = checkedDigest(given.word('DIGEST'));
        return imageShown(await api.ask('POST', ['images'], { body: { source: { archive: { digest } } } }));
      },
    },
    {
      words: 'images get',
      summary: 'Shows an archived analysis',
      arguments: [digestArgument],
      run: async ({ api, given }) => table(await api.get(['archives', 'images', given.word('DIGEST')]), archivedFields),
    },
    {
      words: 'images list',
      summary: 'Lists the archived analyses',
      run: async ({ api }) => table(await api.get(['archives', 'images']), archivedFields, 'Archived At:desc'),
    },
    {
      words: 'images del',
      summary: 'Deletes an archived analysis',
      arguments: [digestArgument],
      options: [{ name: 'force', help: 'whatever state it is in' }],
      async run({ api, given }) {
        const digest = given.word('DIGEST');
        const query = { force: given.flag('force') || undefined };
        return said(
          await api.ask('DELETE', ['archives', 'images', digest], { query }),
          `the archived ${digest} is deleted`,
        );
      },
      exit: () => 2,
    },
    {
      words: 'rules add',
      summary: 'Adds a rule by which analyses are archived, or archived ones deleted',
      arguments: [
        { name: 'DAYS', help: 'only analyses of at least so many days' },
        { name: 'NEWER', help: 'only where the tag pointed to so many newer images since' },
        { name: 'TRANSITION', choices: ['archive', 'delete'], help: 'archive, or delete what is archived' },
      ],
      options: [
        {
          name: 'registry-selector',
          value: 'PATTERN',
          help: 'only of these registries; * stands for anything (default: *)',
        },
        { name: 'repository-selector', value: 'PATTERN', help: 'only of these repositories' },
        { name: 'tag-selector', value: 'PATTERN', help: 'only these tags' },
        { name: 'registry-exclude', value: 'PATTERN', help: 'not of these registries' },
        { name: 'repository-exclude', value: 'PATTERN', help: 'not of these repositories' },
        { name: 'tag-exclude', value: 'PATTERN', help: 'not these tags' },
        {
          name: 'exclude-expiration-days',
          value: 'N',
          help: 'leave them out for so many days (default: -1, for ever)',
        },
        { name: 'is-global', help: 'for all accounts; for administrators' },
        {
          name: 'max-images-per-account',
          value: 'N',
          help: 'with --is-global, in place of all that: the oldest images beyond so many of an account',
        },
        { name: 'dontask', help: 'do not ask whether it is meant' },
      ],
      run: addRule,
    },
    {
      words: 'rules get',
      summary: 'Shows a rule',
      arguments: [ruleArgument],
      run: async ({ api, given }) => table(await api.get(['archives', 'rules', given.word('ID')]), ruleFields),
    },
    {
      words: 'rules list',
      summary: 'Lists the rules',
      run: async ({ api }) => table(await api.get(['archives', 'rules']), ruleFields, 'Last Updated:desc'),
    },
    {
      words: 'rules del',
      summary: 'Deletes a rule',
      arguments: [ruleArgument],
      async run({ api, given }) {
        const id = given.word('ID');
        return said(await api.ask('DELETE', ['archives', 'rules', id]), `the rule ${id} is deleted`);
      },
      exit: () => 2,
    },
  ],
};

async function archive({ api, given }: Call): Promise<Shown> {
  const body = given.words('DIGEST').map(checkedDigest);
  return table(await api.ask('POST', ['archives', 'images'], { body }), addedFields, 'Archive Status');
}

function checkedDigest(text: string): string {
  if (/^sha256:[0-9a-f]+$/.test(text)) return text;
  throw new Fault('input/invalid', `'${text.slice(0, 100)}' is no digest; give sha256: and its hex digits`);
}

async function addRule({ api, given, questions }: Call): Promise<Shown> {
  const [days, newer] = [wholeNumber(given.word('DAYS'), 'DAYS'), wholeNumber(given.word('NEWER'), 'NEWER')];
  const question =
    'With 0 days and 0 newer versions, everything that the rule selects is archived as soon as it is analyzed. Really add it?';
  if (days === 0 && newer === 0 && !given.flag('dontask') && !(await questions.confirm(question)))
    return said(null, 'no rule was added');
  const rule = {
    tag_versions_newer: newer,
    analysis_age_days: days,
    transition: given.word('TRANSITION'),
    system_global: given.flag('is-global'),
  };
  return table(await api.ask('POST', ['archives', 'rules'], { body: { ...rule, ...selection(given) } }), ruleFields);
}

const selectors = ['registry-selector', 'repository-selector', 'tag-selector'];
const exclusions = ['registry-exclude', 'repository-exclude', 'tag-exclude'];

function selection(given: Call['given']): object {
  const most = given.number('max-images-per-account', 0);
  if (most !== 0) {
    const other = [...selectors, ...exclusions].find((name) => given.text(name) !== undefined);
    const why = given.flag('is-global')
      ? other === undefined
        ? null
        : `not with --${other}`
      : 'only with --is-global';
    if (why !== null)
      throw new Fault('input/invalid', `analysis-archive rules add: --max-images-per-account stands ${why}`);
    return { max_images_per_account: most };
  }
  const all = (names: readonly string[], absent: string) =>
    Object.fromEntries(names.map((name) => [name.replace(/-.*/, ''), given.text(name) ?? absent]));
  return {
    selector: all(selectors, '*'),
    exclude: { expiration_days: given.number('exclude-expiration-days', -1), selector: all(exclusions, '') },
  };
}

function wholeNumber(text: string, name: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Fault(
    'input/invalid',
    `analysis-archive rules add: ${name} ${text.slice(0, 40)} is no whole number from 0 on`,
  );
}
