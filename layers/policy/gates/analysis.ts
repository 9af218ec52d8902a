import type { Regex } from '#core/regex/regex.ts';
import type { Note } from '#core/note.ts';
import type { Gate, Trigger } from '../gate.ts';
import { csv, regex } from '../parameter-types.ts';

const kinds = ['content', 'matching', 'feeds'] as const;

const incomplete: Trigger = {
  name: 'incomplete',
  description:
    'Fires for everything that could not be read, could not be judged, or was judged by less than all there is.',
  parameters: {
    kinds: {
      type: csv,
      description: `Only notes on these: ${kinds.join(' (files and packages), ')}.`,
      example: 'content',
      default: kinds,
    },
    ignore: {
      type: regex,
      description: 'Leaves out notes whose path, or whose words where there is no path, match from their start.',
      example: '/usr/share/doc/',
    },
  },
  refuses(parameters) {
    const { kinds: asked } = parameters as { kinds: readonly string[] };
    const wrong = asked.find((one) => !kinds.some((kind) => kind === one));
    return wrong === undefined ? null : `The kinds are ${kinds.join(', ')}, not '${wrong}'`;
  },
  *fires({ notes }, parameters) {
    const { kinds: asked, ignore } = parameters as { kinds: readonly string[]; ignore: Regex | null };
    for (const note of notes) {
      if (!asked.includes(kindOf(note)) || ignore?.matches(note.path ?? note.problem)) continue;
      const where = note.path === null ? '' : `${note.path}: `;
      yield { id: null, message: `Analysis is incomplete (${note.analyzer}): ${where}${note.problem}` };
    }
  },
};

function kindOf({ analyzer }: Note): (typeof kinds)[number] {
  return analyzer === 'match' ? 'matching' : analyzer.startsWith('feed ') ? 'feeds' : 'content';
}

/** Looks at what the analysis says that it does not know. */
export const analysis: Gate = {
  name: 'analysis',
  description: 'Checks that everything in the image could be read and judged.',
  triggers: [incomplete],
};
