import type { TextMatches } from '#schema/image-report.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { NamedPattern } from '../analysis-settings.ts';
import type { ImageView } from '../analyzer.ts';
import type { LinesOfPattern } from './text-search.ts';

const key = 'lines';

/** What a search found in one file, as its one fact: line numbers and nothing of the text; none when nothing was found. */
export function* linesFact(found: readonly LinesOfPattern[]): Iterable<Fact> {
  if (found.length > 0) yield { key, data: found };
}

/** The matches of all files, made of such facts; `patterns` are those that were searched for, in their order. */
export function matchesOf(view: ImageView, patterns: readonly NamedPattern[]): readonly TextMatches[] {
  return view.facts.map(({ path, facts }) => ({
    path: `/${path}`,
    matches: facts.flatMap(({ data }) =>
      (data as readonly LinesOfPattern[]).map(({ pattern, lines }) => {
        const { name, regex } = patterns[pattern]!;
        return { name, regex, lines };
      }),
    ),
  }));
}
