import type { XmlElement } from '../xml-elements.ts';
import type { OvalOperation, OvalVersionTest } from './oval-definition.ts';

/** What one test asks for. A text says why it cannot be told. */
export type OvalQuestion =
  /** Packages of these names, any of them, installed in a version that passes all tests. */
  | {
      readonly kind: 'package';
      readonly names: readonly string[];
      readonly tests: readonly OvalVersionTest[];
      readonly arch: string | null;
    }
  /** These packages are not installed. */
  | { readonly kind: 'absent'; readonly names: readonly string[] }
  | { readonly kind: 'product'; readonly product: string }
  | { readonly kind: 'arch'; readonly arch: string }
  | { readonly kind: 'module'; readonly module: string }
  | { readonly kind: 'signed' }
  | { readonly kind: 'other'; readonly comment: string };

interface Test {
  readonly form: string;
  readonly comment: string;
  /** True when nothing may satisfy it. */
  readonly negated: boolean;
  readonly object: string | null;
  readonly states: readonly string[];
}

interface Asked {
  readonly field: string;
  readonly operation: OvalOperation;
  readonly value: string;
  readonly variable: string | null;
}

interface Subject {
  readonly name: string;
  readonly variable: string | null;
}

const operations: readonly OvalOperation[] = [
  'equals',
  'not equal',
  'less than',
  'less than or equal',
  'greater than',
  'greater than or equal',
  'pattern match',
];

const opposites: Partial<Readonly<Record<OvalOperation, OvalOperation>>> = {
  equals: 'not equal',
  'not equal': 'equals',
  'less than': 'greater than or equal',
  'less than or equal': 'greater than',
  'greater than': 'less than or equal',
  'greater than or equal': 'less than',
};

const fields = new Set(['evr', 'version', 'release', 'arch', 'signature_keyid']);

/** Values of a variable; a list of names of binary packages has dozens. */
const maxValues = 1000;

/** Tests, objects, states and variables of a document: what definitions refer to. */
export class OvalContents {
  readonly #numbers = new Map<string, number>();
  readonly #comments: string[] = [];
  readonly #tests = new Map<number, Test>();
  readonly #objects = new Map<string, Subject>();
  readonly #states = new Map<string, readonly Asked[]>();
  readonly #variables = new Map<string, readonly string[]>();

  get size(): number {
    return this.#numbers.size + this.#objects.size + this.#states.size + this.#variables.size;
  }

  /** The number of a test that may come later. Its comment is the criterion's: it names products as people do. */
  refer(test: string, comment: string): number {
    const known = this.#numbers.get(test);
    if (known !== undefined) {
      this.#comments[known] ||= comment;
      return known;
    }
    const number = this.#numbers.size;
    this.#numbers.set(test, number);
    this.#comments.push(comment);
    return number;
  }

  /** An element with an id. */
  add(element: XmlElement): void {
    const { name, attributes, children } = element;
    const id = attributes['id'] ?? '';
    if (name.endsWith('_test')) this.#tests.set(this.refer(id, ''), testOf(element));
    else if (name.endsWith('_object')) {
      const named = children.find((one) => one.name === 'name');
      if (named === undefined) return;
      this.#objects.set(id, { name: named.text, variable: named.attributes['var_ref'] ?? null });
    } else if (name.endsWith('_state')) this.#states.set(id, children.flatMap(askedOf));
    else {
      const values = children.filter((one) => one.name === 'value').map(({ text }) => text);
      this.#variables.set(id, values.slice(0, maxValues));
    }
  }

  /** What the test of a number asks for. */
  question(number: number, negated: boolean): OvalQuestion | string {
    const test = this.#tests.get(number);
    const comment = this.#comments[number] || test?.comment || '';
    if (test === undefined) return `'${comment.slice(0, 100)}', which is not in the document`;
    const turned = negated !== test.negated;
    const other: OvalQuestion = { kind: 'other', comment: turned ? `not: ${comment}` : comment };
    const installed = /^(.+) is installed$/.exec(comment)?.[1];
    if (!/^(?:rpm|dpkg)info_test$/.test(test.form)) {
      const module = /^Module (\S+) is enabled$/.exec(comment)?.[1];
      if (turned) return other;
      if (module !== undefined) return { kind: 'module', module };
      return installed === undefined ? other : { kind: 'product', product: installed };
    }
    const names = this.#names(test.object);
    if (names.length === 0) return `'${comment.slice(0, 100)}', which names no package`;
    const asked = this.#asked(test);
    if (typeof asked === 'string') return `'${comment.slice(0, 100)}', ${asked}`;
    const arch = asked.find(({ field }) => field === 'arch')?.value ?? null;
    const tests = versionTests(asked);
    // A release is told by the package that stands for it.
    if (names.every((name) => /release/.test(name)) && !tests.some(({ operation }) => operation.startsWith('less'))) {
      if (turned) return other;
      if (arch !== null && tests.length === 0) return { kind: 'arch', arch };
      return { kind: 'product', product: installed ?? comment };
    }
    if (tests.length > 0) {
      if (!turned) return { kind: 'package', names, tests, arch };
      const opposite = tests.length === 1 ? opposites[tests[0]!.operation] : undefined;
      return opposite === undefined
        ? other
        : { kind: 'package', names, tests: [{ ...tests[0]!, operation: opposite }], arch };
    }
    if (asked.some(({ field }) => field === 'signature_keyid')) return turned ? other : { kind: 'signed' };
    if (asked.length > 0) return other;
    return turned ? { kind: 'absent', names } : { kind: 'package', names, tests: [], arch };
  }

  #names(object: string | null): readonly string[] {
    const subject = this.#objects.get(object ?? '');
    if (subject === undefined) return [];
    const names = subject.variable === null ? [subject.name] : (this.#variables.get(subject.variable) ?? []);
    return names.filter((name) => name !== '' && name.length <= 500);
  }

  #asked({ states }: Test): readonly Asked[] | string {
    const asked: Asked[] = [];
    for (const id of states) {
      const state = this.#states.get(id);
      if (state === undefined) return 'whose state is not in the document';
      for (const one of state) {
        if (one.variable === null) asked.push(one);
        else {
          const values = this.#variables.get(one.variable) ?? [];
          if (values.length !== 1) return 'whose state is not one value';
          asked.push({ ...one, value: values[0]! });
        }
      }
    }
    return asked;
  }
}

function testOf({ name, attributes, children }: XmlElement): Test {
  const references = (of: string) =>
    children.flatMap((one) => (one.name === of ? (one.attributes[`${of}_ref`] ?? []) : []));
  return {
    form: name,
    comment: (attributes['comment'] ?? '').slice(0, 500),
    negated: attributes['check'] === 'none satisfy' || attributes['check_existence'] === 'none_exist',
    object: references('object')[0] ?? null,
    states: references('state').slice(0, 10),
  };
}

function askedOf({ name, attributes, text }: XmlElement): readonly Asked[] {
  const written = attributes['operation'] ?? 'equals';
  const operation = operations.find((one) => one === written);
  if (!fields.has(name) || operation === undefined) return [];
  return [{ field: name, operation, value: text.slice(0, 500), variable: attributes['var_ref'] ?? null }];
}

function versionTests(asked: readonly Asked[]): readonly OvalVersionTest[] {
  return asked.flatMap(({ field, operation, value }) =>
    field === 'evr' || field === 'version' ? [{ of: field, operation, value }] : [],
  );
}
