import { type CharTest, wordCharacters } from './regex-characters.ts';
import type { Position, RegexNode } from './regex-node.ts';

type Step =
  | { readonly kind: 'character'; readonly test: CharTest }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'position'; readonly at: Position }
  | { readonly kind: 'look'; readonly negated: boolean; readonly ahead: boolean; readonly program: Program }
  | { readonly kind: 'match' };

/** Steps of a nondeterministic automaton; a text is read once with the set of steps that are still possible. */
export type Program = readonly Step[];

/** Steps that all repetitions of a pattern may unfold to. */
const maxSteps = 4_000;

/** The automaton of a pattern; null when it would be too large. */
export function compileProgram(node: RegexNode): Program | null {
  const budget = { left: maxSteps };
  try {
    return assemble(node, false, budget);
  } catch (error) {
    if (error === budget) return null;
    throw error;
  }
}

/** True when the program matches from the start of the text. Steps times characters is all it ever costs. */
export function runProgram(program: Program, text: string): boolean {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at)!;
    codes.push(code);
    if (code > 0xffff) at++;
  }
  return sweep(program, codes, new Map(), { ahead: true, everywhere: false }) !== null;
}

/** `backward`: the program reads from right to left. */
function assemble(node: RegexNode, backward: boolean, budget: { left: number }): Program {
  const steps: Step[] = [];
  emit(node);
  steps.push({ kind: 'match' });
  return steps;

  function push(step: Step): number {
    if (--budget.left < 0) throw budget;
    return steps.push(step) - 1;
  }

  function emit(current: RegexNode): void {
    switch (current.kind) {
      case 'character':
      case 'position':
        push(current);
        return;
      case 'sequence':
        for (const part of backward ? current.nodes.toReversed() : current.nodes) emit(part);
        return;
      case 'choice':
        emitChoice(current.nodes);
        return;
      case 'repeat':
        emitRepeat(current);
        return;
      case 'look': {
        // Where a look ahead holds is found by reading it from right to left over the whole text, once.
        const program = assemble(current.node, current.ahead, budget);
        push({ kind: 'look', negated: current.negated, ahead: current.ahead, program });
        return;
      }
      default:
        current satisfies never;
    }
  }

  function emitChoice(nodes: readonly RegexNode[]): void {
    const fork = push({ kind: 'split', to: [] });
    const starts: number[] = [];
    const ends: number[] = [];
    for (const part of nodes) {
      starts.push(steps.length);
      emit(part);
      ends.push(push({ kind: 'split', to: [] }));
    }
    steps[fork] = { kind: 'split', to: starts };
    for (const end of ends) steps[end] = { kind: 'split', to: [steps.length] };
  }

  function emitRepeat(repeat: { node: RegexNode; min: number; max: number }): void {
    for (let i = 0; i < repeat.min; i++) unfold(repeat.node);
    if (repeat.max === Number.POSITIVE_INFINITY) {
      const fork = push({ kind: 'split', to: [] });
      emit(repeat.node);
      push({ kind: 'split', to: [fork] });
      steps[fork] = { kind: 'split', to: [fork + 1, steps.length] };
      return;
    }
    const forks: number[] = [];
    for (let i = repeat.min; i < repeat.max; i++) {
      forks.push(push({ kind: 'split', to: [] }));
      unfold(repeat.node);
    }
    for (const fork of forks) steps[fork] = { kind: 'split', to: [fork + 1, steps.length] };
  }

  /** A copy costs even when it holds no step: `(){1000000000}` must end too. */
  function unfold(copy: RegexNode): void {
    if (--budget.left < 0) throw budget;
    emit(copy);
  }
}

/** The answer from the start only: what is marked does not matter. */
const hit = new Uint8Array(1);

/**
 * Runs over the text in one direction. From the start only: null, or a first hit. From everywhere: marks each position at
 * which a match ends.
 */
function sweep(
  program: Program,
  codes: readonly number[],
  looks: Map<Program, Uint8Array>,
  mode: { readonly ahead: boolean; readonly everywhere: boolean },
): Uint8Array | null {
  const ends = mode.everywhere ? new Uint8Array(codes.length + 1) : null;
  const seen = new Int32Array(program.length).fill(-1);
  let open: number[] = [0];
  for (let moved = 0; moved <= codes.length; moved++) {
    const at = mode.ahead ? moved : codes.length - moved;
    const waiting: number[] = [];
    if (settle(open, waiting, at, moved)) {
      if (ends === null) return hit;
      ends[at] = 1;
    }
    if (moved === codes.length) break;
    const code = codes[mode.ahead ? at : at - 1]!;
    open = mode.everywhere ? [0] : [];
    for (const index of waiting) {
      const step = program[index]!;
      if (step.kind === 'character' && step.test(code)) open.push(index + 1);
    }
    if (open.length === 0) return null;
  }
  return ends;

  /** Follows all steps that read nothing; true when one of them is the match. */
  function settle(stack: number[], waiting: number[], at: number, round: number): boolean {
    let matched = false;
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen[index] === round) continue;
      seen[index] = round;
      const step = program[index]!;
      if (step.kind === 'match') matched = true;
      else if (step.kind === 'character') waiting.push(index);
      else if (step.kind === 'split') stack.push(...step.to);
      else if (step.kind === 'position' ? holds(step.at, codes, at) : looksAt(step, at)) stack.push(index + 1);
    }
    return matched;
  }

  function looksAt(step: { negated: boolean; ahead: boolean; program: Program }, at: number): boolean {
    let marks = looks.get(step.program);
    if (marks === undefined) {
      marks = sweep(step.program, codes, looks, { ahead: !step.ahead, everywhere: true })!;
      looks.set(step.program, marks);
    }
    return (marks[at] === 1) !== step.negated;
  }
}

function holds(position: Position, codes: readonly number[], at: number): boolean {
  const newline = 10;
  switch (position) {
    case 'start':
      return at === 0;
    case 'end':
      return at === codes.length;
    case 'end-or-newline':
      return at === codes.length || (at === codes.length - 1 && codes[at] === newline);
    case 'line-start':
      return at === 0 || codes[at - 1] === newline;
    case 'line-end':
      return at === codes.length || codes[at] === newline;
    case 'word-edge':
      return isWord(codes, at - 1) !== isWord(codes, at);
    case 'no-word-edge':
      return isWord(codes, at - 1) === isWord(codes, at);
    default:
      return position satisfies never;
  }
}

function isWord(codes: readonly number[], at: number): boolean {
  const code = codes[at];
  return code !== undefined && wordCharacters(code);
}
