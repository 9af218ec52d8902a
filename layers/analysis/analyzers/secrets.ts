import type { Fact } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer, ImageView, WantedFile } from '../analyzer.ts';
import { linesFact, matchesOf } from '../search/match-facts.ts';
import { mayHoldSecrets } from '../search/may-hold-secrets.ts';
import { secretPatterns } from '../search/secret-patterns.ts';
import { searchedText } from '../search/searched-text.ts';
import { makeTextSearch } from '../search/text-search.ts';

/**
 * Where secrets stand in files of up to `searchBytes` bytes: the patterns that are always looked for, and those of
 * `secretPatterns`. Only line numbers are kept, never the text. Throws `input/invalid` for a pattern that cannot be used.
 */
export function secrets({ secretPatterns: chosen, searchBytes }: AnalysisSettings): Analyzer {
  const patterns = [...secretPatterns, ...chosen];
  // Ours can be used for certain, so their compilation may wait until there is something to search.
  let search = chosen.length === 0 ? null : makeTextSearch(patterns);
  return {
    name: 'secrets',
    reads: 'keys and tokens in text files',
    version: 1,
    settings: JSON.stringify([chosen, searchBytes]),
    wants: (path, size) => size >= smallestBytes && size <= searchBytes && mayHoldSecrets(path),
    *read({ path, content }: WantedFile): Iterable<Fact> {
      const text = searchedText(content);
      if (text === null) return;
      search ??= makeTextSearch(patterns);
      yield* linesFact(search(text, path));
    },
    assemble: () => [],
    describe: (view: ImageView) => ({ secrets: matchesOf(view, patterns) }),
  };
}

/** Shorter than what most patterns ask for; a password file of one short line is no more than this. */
const smallestBytes = 8;
