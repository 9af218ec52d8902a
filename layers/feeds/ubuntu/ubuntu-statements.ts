import type { FixState } from '#schema/finding.ts';
import type { SetAside } from '../advisory.ts';
import type { ArchiveDocument } from '../archive-documents.ts';
import { array, object, text } from '../json-fields.ts';
import { codenameRelease, isEsm, sourcePurl } from './ubuntu-stream.ts';

/** What Canonical's statements say of a source package in a release, beyond that it waits to be mended. */
export interface Statement {
  readonly release: string;
  readonly name: string;
  /** What they say of the archive that everybody has, and of extended maintenance; null when nothing. */
  readonly base: StatementState | null;
  readonly esm: StatementState | null;
}

/** `cleared`: somebody looked, and the vulnerable code is not there. */
export type StatementState =
  | 'cleared'
  | Extract<FixState, 'wont-fix' | 'end-of-life' | 'deferred' | 'under-investigation'>;

/** The statements of one vulnerability, by release and package: `22.04 curl`. */
export type Statements = ReadonlyMap<string, Statement>;

/** Statements of all vulnerabilities; those that were taken are gone. */
export interface StatementIndex {
  add(document: ArchiveDocument): readonly SetAside[];
  take(id: string): Statements;
  /** The ids that nobody took. */
  rest(): Iterable<string>;
}

/** Characters of all statements together: what Canonical says has some dozens of millions. */
const maxCharacters = 1_000_000_000;

/**
 * An index of OpenVEX documents as Canonical writes them (one a vulnerability). Only what is said of source packages is read.
 * Versions in these statements are those of the day, not those that mend anything. Each vulnerability's statements are held as
 * one text, a tenth of what objects would take.
 */
export function statementIndex(): StatementIndex {
  const texts = new Map<string, string>();
  let characters = 0;
  return {
    add(document) {
      const record = `vex ${document.path}`.slice(0, 300);
      if (document.problem !== null) return [{ record, reason: document.problem }];
      const statements = array(object(document.json)?.['statements']);
      const ids = new Set(
        statements.flatMap((one) => text(object(object(one)?.['vulnerability'])?.['name'], 90) ?? []),
      );
      const [id] = ids;
      if (id === undefined) return [];
      if (ids.size > 1) return [{ record, reason: 'its statements are about several vulnerabilities' }];
      const lines = statements.flatMap((statement) => linesOf(object(statement) ?? {}));
      if (lines.length === 0) return [];
      const joined = [...new Set(lines)].join('\n');
      characters += joined.length;
      if (characters > maxCharacters)
        return [{ record, reason: `there are more than ${maxCharacters} characters of statements` }];
      // Made of many parts, a text would go on holding them.
      texts.set(id, Buffer.from(joined).toString());
      return [];
    },
    take(id) {
      const found = texts.get(id);
      texts.delete(id);
      return found === undefined ? new Map() : statementsOf(found);
    },
    rest: () => [...texts.keys()],
  };
}

/** `22.04 curl esm cleared`, a line for each package. */
function linesOf(statement: Readonly<Record<string, unknown>>): readonly string[] {
  const state = stateOf(statement);
  if (state === null) return [];
  return array(statement['products']).flatMap((product) => {
    const purl = sourcePurl(text(object(product)?.['@id'] ?? product, 1000) ?? '');
    const release = purl === null ? null : codenameRelease(purl.codename);
    if (purl === null || release === null || /\s/.test(purl.name)) return [];
    if (purl.pocket !== '' && !isEsm(purl.pocket)) return [];
    return `${release} ${purl.name} ${purl.pocket === '' ? 'base' : 'esm'} ${state}`;
  });
}

/**
 * The action is a sentence of a few fixed ones, with notes behind it. That a package does not exist in a release
 * (`component_not_present`) says nothing of those who have it nevertheless.
 */
function stateOf(statement: Readonly<Record<string, unknown>>): StatementState | null {
  const { status, justification } = statement;
  if (status === 'not_affected') return justification === 'vulnerable_code_not_present' ? 'cleared' : null;
  if (status === 'under_investigation') return 'under-investigation';
  if (status !== 'affected') return null;
  const action = String(statement['action_statement'] ?? '').split('CVE Notes', 1)[0] ?? '';
  if (/decided to not fix/.test(action)) return 'wont-fix';
  if (/no longer supported/.test(action)) return 'end-of-life';
  return /deferred|postponed/.test(action) ? 'deferred' : null;
}

function statementsOf(joined: string): Statements {
  const statements = new Map<string, Statement>();
  for (const line of joined.split('\n')) {
    const [release = '', name = '', side, state] = line.split(' ');
    const key = `${release} ${name}`;
    const before = statements.get(key) ?? { release, name, base: null, esm: null };
    statements.set(key, { ...before, [side === 'esm' ? 'esm' : 'base']: state });
  }
  return statements;
}
