import type { Fact } from '#schema/layer-report.ts';
import type { AnalysisSettings } from '../analysis-settings.ts';
import type { Analyzer, ImageView, WantedFile } from '../analyzer.ts';
import { linesFact, matchesOf } from '../search/match-facts.ts';
import { searchedText } from '../search/searched-text.ts';
import { makeTextSearch } from '../search/text-search.ts';

/**
 * Where the patterns of `contentPatterns` match, in each file of up to `searchBytes` bytes, whatever it is called; programs
 * and other data over 10,000 bytes are not searched. Throws `input/invalid` for a pattern that cannot be used.
 */
export function contentSearch({ contentPatterns: patterns, searchBytes }: AnalysisSettings): Analyzer {
  const search = makeTextSearch(patterns);
  return {
    name: 'content-search',
    reads: 'patterns of the operator',
    version: 1,
    settings: JSON.stringify([patterns, searchBytes]),
    wants: (_, size) => patterns.length > 0 && size > 0 && size <= searchBytes,
    *read({ path, content }: WantedFile): Iterable<Fact> {
      const text = searchedText(content);
      if (text !== null) yield* linesFact(search(text, path));
    },
    assemble: () => [],
    describe: (view: ImageView) => ({ contentMatches: matchesOf(view, patterns) }),
  };
}
