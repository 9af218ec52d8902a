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

/** Objects and states by number. */
interface Test {
  /** Of installed packages, not of files or of the running system. */
  readonly ofPackages: boolean;
  /** True when nothing may satisfy it. */
  readonly negated: boolean;
  readonly object: number | null;
  readonly states: readonly number[];
}

interface Asked {
  readonly field: (typeof fields)[number];
  /** Null: one that OVAL does not have. */
  readonly operation: OvalOperation | null;
  readonly value: string;
  readonly variable: number | null;
}

interface Subject {
  readonly name: string;
  readonly variable: number | null;
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

const fields = ['evr', 'version', 'release', 'arch', 'signature_keyid'] as const;

/** Values of a variable; a list of names of binary packages has dozens. */
const maxValues = 1000;

/**
 * Tests, objects, states and variables of a document: what definitions refer to. Ids are kept once, as numbers: a document
 * has hundreds of thousands, and the XML parser's strings hold each of their characters apart until something asks for them.
 */
export class OvalContents {
  readonly #numbers = new Map<string, number>();
  readonly #comments = new Map<number, string>();
  readonly #tests = new Map<number, Test>();
  readonly #objects = new Map<number, Subject>();
  readonly #states = new Map<number, readonly Asked[]>();
  readonly #variables = new Map<number, readonly string[]>();

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of a test that may come later. Its comment is the criterion's: it names products as people do. */
  refer(test: string, comment: string): number {
    const number = this.#number(test);
    if (comment !== '' && !this.#comments.has(number)) this.#comments.set(number, comment);
    return number;
  }

  /** An element with an id. */
  add(element: XmlElement): void {
    const { name, attributes, children } = element;
    const number = this.#number(attributes['id'] ?? '');
    if (name.endsWith('_test')) {
      this.refer(attributes['id'] ?? '', (attributes['comment'] ?? '').replace(/\s+/g, ' ').slice(0, 500));
      this.#tests.set(number, this.#test(element));
    } else if (name.endsWith('_object')) {
      const named = children.find((one) => one.name === 'name');
      if (named === undefined) return;
      this.#objects.set(number, { name: named.text, variable: this.#reference(named.attributes['var_ref']) });
    } else if (name.endsWith('_state')) {
      this.#states.set(
        number,
        children.flatMap((one) => this.#askedOf(one)),
      );
    } else {
      const values = children.filter((one) => one.name === 'value').map(({ text }) => text);
      this.#variables.set(number, values.slice(0, maxValues));
    }
  }

  /** What the test of a number asks for. */
  question(number: number, negated: boolean): OvalQuestion | string {
    const test = this.#tests.get(number);
    const comment = this.#comments.get(number) ?? '';
    if (test === undefined) return `'${comment.slice(0, 100)}', which is not in the document`;
    const turned = negated !== test.negated;
    const other: OvalQuestion = { kind: 'other', comment: turned ? `not: ${comment}` : comment };
    const installed = /^(.+) is installed$/.exec(comment)?.[1];
    if (!test.ofPackages) {
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

  #names(object: number | null): readonly string[] {
    const subject = object === null ? undefined : this.#objects.get(object);
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
        if (one.operation === null) return 'whose state compares in an unknown way';
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

  #test({ name, attributes, children }: XmlElement): Test {
    const references = (of: string) =>
      children.flatMap((one) => (one.name === of ? (this.#reference(one.attributes[`${of}_ref`]) ?? []) : []));
    return {
      ofPackages: /^(?:rpm|dpkg)info_test$/.test(name),
      negated: attributes['check'] === 'none satisfy' || attributes['check_existence'] === 'none_exist',
      object: references('object')[0] ?? null,
      states: references('state').slice(0, 10),
    };
  }

  #askedOf({ name, attributes, text }: XmlElement): readonly Asked[] {
    const written = attributes['operation'] ?? 'equals';
    const field = fields.find((one) => one === name);
    if (field === undefined) return [];
    const operation = operations.find((one) => one === written) ?? null;
    return [{ field, operation, value: text.slice(0, 500), variable: this.#reference(attributes['var_ref']) }];
  }

  #reference(id: string | undefined): number | null {
    return id === undefined ? null : this.#number(id);
  }

  #number(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

function versionTests(asked: readonly Asked[]): readonly OvalVersionTest[] {
  return asked.flatMap(({ field, operation, value }) =>
    operation !== null && (field === 'evr' || field === 'version') ? [{ of: field, operation, value }] : [],
  );
}
