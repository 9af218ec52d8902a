import { Fault } from '#core/fault.ts';
import type { Command } from '../command.ts';
import type { Values } from '../parse-options.ts';
import type { Io } from '../io.ts';
import { acceptTerms } from '../feeds/accept-terms.ts';
import { exportFeeds } from '../feeds/export-feeds.ts';
import { importFeeds } from '../feeds/import-feeds.ts';
import { listFeeds } from '../feeds/list-feeds.ts';
import { showGroup } from '../feeds/show-group.ts';
import { syncFeeds } from '../feeds/sync-feeds.ts';
import { type OpenWorld, openWorld, worldOptions, worldOptionsHelp } from '../open-world.ts';

export const feeds: Command = {
  usage: 'feeds list | show GROUP | sync [GROUP ...] | accept FEED | export [GROUP ...] | import FILE',
  help: `
list     every group with what is stored of it
show     one group, with the records that could not be read and why
sync     fetches the named groups, refreshes all that were ever fetched, or with --all fetches every group there is
accept   notes that you accept the terms of a feed that has some of its own: it is not asked before
export   fetches the named groups, or all that were ever fetched, and writes them to a file for machines without a network
import   loads such a file; nothing of one that is damaged, cut off or older than what is stored

Most groups are fetched by themselves when a scan first needs them; list says which are not. Keys of upstreams' APIs are read from
NVD_API_KEY and GITHUB_TOKEN.

  --all                sync: every group that needs no consent
  --force              sync: read everything again, also what upstream says is unchanged, and accept that most of it is gone;
                       import: also what is older or lost most of its records
  --to FILE            export: the file to write
  --sha256 HEX         import: refuse a file of another digest than export printed
  -o, --output F       list, show: table (default) or json
${worldOptionsHelp}`,
  options: {
    ...worldOptions,
    all: { type: 'boolean' },
    force: { type: 'boolean' },
    to: { type: 'string' },
    sha256: { type: 'string' },
    output: { type: 'string', short: 'o' },
  },
  run,
};

/** A verb of `feeds`; what it throws is told by the command line. */
export type FeedsVerb = (io: Io, world: OpenWorld, values: Values, words: readonly string[]) => Promise<void>;

/** Each with the options that are its own, and how many words it takes. */
const verbs: Readonly<
  Record<string, { run: FeedsVerb; options: readonly string[]; words: readonly [number, number] }>
> = {
  list: { run: listFeeds, options: ['output'], words: [0, 0] },
  show: { run: showGroup, options: ['output'], words: [1, 1] },
  sync: { run: syncFeeds, options: ['all', 'force'], words: [0, 1000] },
  accept: { run: acceptTerms, options: [], words: [1, 1] },
  export: { run: exportFeeds, options: ['to'], words: [0, 1000] },
  import: { run: importFeeds, options: ['force', 'sha256'], words: [1, 1] },
};

async function run(io: Io, values: Values, [name = '', ...words]: readonly string[]): Promise<number> {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  const help = 'see plimsoll feeds --help';
  if (verb === undefined) {
    throw new Fault('input/invalid', `feeds: give ${Object.keys(verbs).join(', ')}; ${help}`);
  }
  const foreign = ['all', 'force', 'to', 'sha256', 'output'].find(
    (option) => values[option] !== undefined && !verb.options.includes(option),
  );
  if (foreign !== undefined) throw new Fault('input/invalid', `feeds ${name} has no option --${foreign}; ${help}`);
  const [least, most] = verb.words;
  if (words.length < least || words.length > most || words.includes('')) {
    const wanted = most === 0 ? 'nothing after it' : most === 1 ? 'one name after it' : 'names of groups after it';
    throw new Fault('input/invalid', `feeds ${name} takes ${wanted}; ${help}`);
  }
  await using world = await openWorld(io, values, 'feeds');
  await verb.run(io, world, values, words);
  return 0;
}
