import { type AnalysisSettings, defaultAnalysisSettings } from '#analysis/analysis-settings.ts';
import { makeAnalyzers } from '#analysis/analyzers.ts';
import { Fault } from '#core/fault.ts';
import { chooseLimits, type Limits, readSize } from '#core/limits.ts';
import { readAnalysisChoices } from '#schema/analysis-choices.ts';

/** What every command that analyzes images lets people choose of it. */
export const analysisOptions = {
  search: { type: 'string', multiple: true },
  secret: { type: 'string', multiple: true },
  'search-size': { type: 'string' },
  retrieve: { type: 'string', multiple: true },
  'retrieve-size': { type: 'string' },
  digest: { type: 'string', multiple: true },
  hints: { type: 'boolean' },
  malware: { type: 'string' },
  limit: { type: 'string', multiple: true },
} as const;

export const analysisOptionsHelp = `  --search NAME=REGEX  note which lines of which files match a regular expression (Python's syntax); repeatable
  --secret NAME=REGEX  a pattern of secrets beside those that are always looked for; repeatable
  --search-size SIZE   search files up to this size (default 64KiB)
  --retrieve GLOB      keep files whole (default /etc/passwd); ** stands for any folders; repeatable
  --retrieve-size SIZE keep files up to this size (default 1000KiB)
  --digest NAME        know files by md5 or sha1 too: dpkg's and apk's are verified by these; repeatable
  --hints              let /anchore_hints.json of an image add packages
  --malware SCANNER    look for malware by clamscan, clamscan:PROGRAM or clamd:ADDRESS (HOST:PORT or a socket)
  --limit NAME=VALUE   another bound than usual, as fileBytes=2GiB or analyzerSeconds=5m; repeatable. The operator guide
                       lists them`;

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** Settings and limits by the options. Throws `input/invalid` for what cannot be used. */
export function readAnalysisOptions(values: Values): {
  readonly limits: Limits;
  readonly analysisSettings: AnalysisSettings;
} {
  const chosen: Record<string, unknown> = {};
  const choose = (name: string, option: string, read: (texts: readonly string[]) => unknown) => {
    const given = values[option];
    if (given === undefined) return;
    const texts = (Array.isArray(given) ? given : [given]) as readonly string[];
    if (texts.includes('')) throw new Fault('input/invalid', `--${option} is empty`);
    // Told by the option, not by the name of the setting behind it.
    readAnalysisChoices({ [name]: read(texts) }, `--${option}`);
    chosen[name] = read(texts);
  };
  choose('contentPatterns', 'search', (texts) => texts.map((text) => patternOf('search', text)));
  choose('secretPatterns', 'secret', (texts) => texts.map((text) => patternOf('secret', text)));
  choose('searchBytes', 'search-size', (texts) => readSize(texts.at(-1)!, '--search-size'));
  choose('retrievedFiles', 'retrieve', (texts) => texts);
  choose('retrievedBytes', 'retrieve-size', (texts) => readSize(texts.at(-1)!, '--retrieve-size'));
  choose('fileDigests', 'digest', (texts) => texts);
  choose('malware', 'malware', (texts) => scannerOf(texts.at(-1)!));
  if (values['hints'] === true) chosen['hints'] = true;
  const limits = ((values['limit'] ?? []) as readonly string[]).map((text) => pairOf('limit', text, 'NAME=VALUE'));
  const analysisSettings = { ...defaultAnalysisSettings, ...readAnalysisChoices(chosen, 'the options') };
  // Patterns and globs are tried before anything is opened.
  makeAnalyzers(analysisSettings);
  return { limits: chooseLimits(Object.fromEntries(limits), '--limit'), analysisSettings };
}

function patternOf(option: string, text: string): { readonly name: string; readonly regex: string } {
  const [name, regex] = pairOf(option, text, 'NAME=REGEX');
  return { name, regex };
}

function pairOf(option: string, text: string, form: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new Fault('input/invalid', `--${option} ${text.slice(0, 60)}: give ${form}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function scannerOf(text: string): unknown {
  const at = text.indexOf(':');
  const [kind, rest] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  if (kind === 'clamscan') return { scanner: 'clamscan', ...(rest === '' ? {} : { program: rest }) };
  if (kind === 'clamd' && rest !== '') return { scanner: 'clamd', address: rest };
  throw new Fault('input/invalid', `--malware ${text.slice(0, 60)}: give clamscan, clamscan:PROGRAM or clamd:ADDRESS`);
}
