import type { RegexNode } from './regex-node.ts';

/** Texts that are kept of one node; beyond, nothing is known. */
const maxTexts = 16;
/** Characters of one text that are kept. */
const maxLength = 64;

/** What is known of the texts that a node matches. */
interface Known {
  /** All of them, where they are few; null otherwise. */
  readonly exact: readonly string[] | null;
  /** One of these is in each of them; null when nothing is known. */
  readonly needed: readonly string[] | null;
}

/**
 * Texts of which one stands, in this or another case, in whatever the pattern matches; null when there are none. They have
 * at least `shortest` characters, all ASCII, letters in lower case. Of what a pattern offers the longest are taken.
 * Letters stand for themselves and their other ASCII case: what `(?i)` holds for the same beyond that (the Kelvin sign) is
 * not thought of, as it is not where Python matches bytes.
 */
export function requiredTexts(node: RegexNode, shortest: number): readonly string[] | null {
  const known = study(node);
  const texts = longer(known.exact, known.needed);
  return texts === null || worth(texts) < shortest ? null : texts;
}

const nothing: Known = { exact: null, needed: null };

function study(node: RegexNode): Known {
  switch (node.kind) {
    case 'character':
      return node.text === undefined || node.text > '\x7f'
        ? nothing
        : { exact: [node.text.toLowerCase()], needed: null };
    case 'position':
    case 'look':
      return { exact: [''], needed: null };
    case 'sequence':
      return studySequence(node.nodes);
    case 'choice':
      return studyChoice(node.nodes.map(study));
    case 'repeat': {
      const once = study(node.node);
      if (node.min === 0) return nothing;
      return node.min === 1 && node.max === 1 ? once : { exact: null, needed: longer(once.exact, once.needed) };
    }
    default:
      return node satisfies never;
  }
}

function studySequence(nodes: readonly RegexNode[]): Known {
  let run: readonly string[] = [''];
  let needed: readonly string[] | null = null;
  let whole = true;
  for (const node of nodes) {
    const known = study(node);
    const joined: readonly string[] | null = known.exact === null ? null : join(run, known.exact);
    if (joined !== null) {
      run = joined;
      continue;
    }
    needed = longer(longer(needed, run), longer(known.needed, known.exact));
    run = known.exact ?? [''];
    whole = false;
  }
  return whole ? { exact: run, needed: null } : { exact: null, needed: longer(needed, run) };
}

function studyChoice(ways: readonly Known[]): Known {
  const exact = few(ways.flatMap((way) => way.exact ?? []));
  if (exact !== null && ways.every((way) => way.exact !== null)) return { exact, needed: null };
  const needed = ways.map((way) => longer(way.exact, way.needed));
  return needed.every((texts) => texts !== null) ? { exact: null, needed: few(needed.flat()) } : nothing;
}

/** Each of the first followed by each of the second; null when these are too many or too long. */
function join(first: readonly string[], second: readonly string[]): readonly string[] | null {
  if (first.length * second.length > maxTexts) return null;
  const texts = few(first.flatMap((start) => second.map((end) => start + end)));
  return texts?.every(({ length }) => length <= maxLength) ? texts : null;
}

function few(texts: readonly string[]): readonly string[] | null {
  const distinct = [...new Set(texts)];
  return distinct.length <= maxTexts ? distinct : null;
}

/** The list that is worth more; the first when both are worth the same. */
function longer(first: readonly string[] | null, second: readonly string[] | null): readonly string[] | null {
  if (first === null || second === null) return first ?? second;
  return worth(second) > worth(first) ? second : first;
}

/** Length of the shortest. */
function worth(texts: readonly string[]): number {
  return Math.min(...texts.map(({ length }) => length));
}
