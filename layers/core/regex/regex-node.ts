import type { CharTest } from './regex-characters.ts';

/** What a pattern asks for, without captures and without greed: neither changes whether it matches. */
export type RegexNode =
  /** `text` is the character where the pattern writes it out, in either case where case is ignored. */
  | { readonly kind: 'character'; readonly test: CharTest; readonly text?: string }
  | { readonly kind: 'sequence'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly node: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: 'position'; readonly at: Position }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly negated: boolean; readonly node: RegexNode };

export type Position = 'start' | 'end' | 'end-or-newline' | 'line-start' | 'line-end' | 'word-edge' | 'no-word-edge';
