import type { OvalContents, OvalQuestion } from './oval-contents.ts';
import type { OvalPackage } from './oval-definition.ts';
import type { WrittenCriteria } from './written-criteria.ts';

/** Conditions that are kept of a package, beyond those that have a place of their own. */
const maxConditions = 20;

/**
 * The packages that make criteria true. Under an AND that is each of its packages, with what stands beside it as condition;
 * tests of one package that stand side by side (from this version on, before that one) hold together. What stands nearer to a
 * package counts where the same is said twice. Signatures are left out: packages that others built are not judged.
 * `missing` are tests that cannot be read.
 */
export function packagesOf(
  criteria: WrittenCriteria,
  contents: OvalContents,
): { readonly packages: readonly OvalPackage[]; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const tree = resolved(criteria, false, contents, missing);
  return { packages: [...collected(tree, nothing)], missing };
}

type Node =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[]; readonly packages: boolean }
  | { readonly kind: 'question'; readonly question: OvalQuestion; readonly packages: boolean };

/** Negations are brought down to the tests: not all of them is any of them not. */
function resolved(criteria: WrittenCriteria, turned: boolean, contents: OvalContents, missing: string[]): Node {
  const negated = turned !== (criteria[0] === 1);
  if (criteria.length === 2) {
    const question = contents.question(criteria[1], negated);
    if (typeof question === 'string') {
      missing.push(question);
      return { kind: 'all', of: [], packages: false };
    }
    return { kind: 'question', question, packages: question.kind === 'package' };
  }
  const of = criteria[2].map((one) => resolved(one, negated, contents, missing));
  const kind = (criteria[1] === 'all') === negated ? 'any' : 'all';
  return { kind, of, packages: of.some(({ packages }) => packages) };
}

type Context = Pick<OvalPackage, 'arch' | 'products' | 'module' | 'conditions'> & {
  readonly absent: readonly string[];
};

const nothing: Context = { arch: null, products: [], module: null, conditions: [], absent: [] };

function* collected(node: Node, context: Context): Generator<OvalPackage> {
  if (!node.packages) return;
  if (node.kind === 'question') yield* named([node.question], context);
  else if (node.kind === 'any') for (const one of node.of) yield* collected(one, context);
  else {
    const within = node.of.filter(({ packages }) => !packages).reduce(conditioned, context);
    const questions = node.of.flatMap((one) => (one.kind === 'question' && one.packages ? [one.question] : []));
    yield* named(questions, within);
    for (const one of node.of) if (one.kind !== 'question') yield* collected(one, within);
  }
}

/** The packages of questions that all have to be answered with yes. */
function* named(questions: readonly OvalQuestion[], { absent, ...context }: Context): Generator<OvalPackage> {
  const merged = new Map<string, Pick<OvalPackage, 'name' | 'tests' | 'arch'>>();
  for (const question of questions) {
    if (question.kind !== 'package') continue;
    for (const name of question.names) {
      const same = merged.get(name);
      const arch = question.arch ?? same?.arch ?? null;
      merged.set(name, { name, arch, tests: [...(same?.tests ?? []), ...question.tests] });
    }
  }
  for (const one of merged.values())
    if (!absent.includes(one.name)) yield { ...context, ...one, arch: one.arch ?? context.arch };
}

/** The context with what a node without packages asks for. */
function conditioned(context: Context, node: Node): Context {
  if (node.kind === 'all') return node.of.reduce(conditioned, context);
  const questions = node.kind === 'question' ? [node.question] : node.of.flatMap(questionsOf);
  const [first] = questions;
  if (first === undefined) return context;
  if (questions.every((one) => one.kind === 'product'))
    return { ...context, products: questions.map(({ product }) => product) };
  if (questions.every((one) => one.kind === 'arch'))
    return { ...context, arch: questions.map(({ arch }) => arch).join('|') };
  if (questions.every((one) => one.kind === 'module') && questions.length === 1)
    return { ...context, module: questions[0]!.module };
  if (questions.every((one) => one.kind === 'absent'))
    return questions.length > 1 ? context : { ...context, absent: [...context.absent, ...questions[0]!.names] };
  if (questions.some((one) => one.kind === 'signed') || context.conditions.length >= maxConditions) return context;
  return { ...context, conditions: [...context.conditions, questions.map(wordsOf).join(' or ').slice(0, 500)] };
}

function questionsOf(node: Node): readonly OvalQuestion[] {
  return node.kind === 'question' ? [node.question] : node.of.flatMap(questionsOf);
}

function wordsOf(question: OvalQuestion): string {
  switch (question.kind) {
    case 'package':
    case 'absent':
      return question.names.join(', ');
    case 'product':
      return question.product;
    case 'arch':
      return question.arch;
    case 'module':
      return `module ${question.module}`;
    case 'signed':
      return 'signed';
    case 'other':
      return question.comment;
    default:
      return question satisfies never;
  }
}
