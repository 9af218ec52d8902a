import { Fault } from '#core/fault.ts';

/** A term as Erlang writes it. Atoms, numbers, strings and binaries are texts; a map is a tuple of keys and values. */
export type ErlangTerm =
  | { readonly kind: 'atom' | 'number' | 'string'; readonly text: string }
  | { readonly kind: 'tuple' | 'list'; readonly items: readonly ErlangTerm[] };

const maxDepth = 50;

/**
 * The terms of a text that `file:consult` reads: each ends with a dot. Binaries are texts as strings are, strings beside each other
 * are one. Linear in the length. Throws `input/invalid` for anything else, and for more than 50 levels.
 */
export function parseErlangTerms(text: string): readonly ErlangTerm[] {
  const terms: ErlangTerm[] = [];
  const open: { readonly close: string; readonly items: ErlangTerm[] }[] = [];
  let items = terms;
  let separated = true;
  for (const { kind, text: token } of tokensOf(text)) {
    if (kind === 'space') continue;
    const last = items.at(-1);
    if (kind !== 'mark') {
      // "one" "two"
      if (kind === 'string' && !separated && last?.kind === 'string')
        items[items.length - 1] = { kind, text: last.text + token };
      else if (!separated) throw unreadable();
      else items.push({ kind, text: token });
      separated = false;
    } else if (token === '{' || token === '[' || token === '#{') {
      if (!separated) throw unreadable();
      if (open.length === maxDepth) throw new Fault('input/invalid', `is Erlang with more than ${maxDepth} levels`);
      open.push({ close: token === '[' ? ']' : '}', items });
      items = [];
    } else if (token === ',' || token === '|' || token === '=>') {
      if (separated || open.length === 0) throw unreadable();
      separated = true;
    } else if (token === '.') {
      if (separated || open.length > 0) throw unreadable();
      separated = true;
    } else {
      const closed = open.pop();
      if (closed?.close !== token || (separated && items.length > 0)) throw unreadable();
      closed.items.push({ kind: token === '}' ? 'tuple' : 'list', items });
      items = closed.items;
      separated = false;
    }
  }
  if (open.length > 0 || !separated) throw unreadable();
  return terms;
}

interface Token {
  readonly kind: 'space' | 'mark' | 'atom' | 'number' | 'string';
  readonly text: string;
}

const token =
  /(?<space>\s+|%[^\n]*)|<<\s*"(?<binary>(?:[^"\\]|\\.)*)"(?:\/utf8)?\s*>>|"(?<string>(?:[^"\\]|\\.)*)"|'(?<quoted>(?:[^'\\]|\\.)*)'|(?<atom>[a-z\u00df-\u00f6\u00f8-\u00ff][\w@]*)|(?<number>-?\d[\w#]*(?:\.\d+(?:[eE][-+]?\d+)?)?|\$(?:\\.|.))|(?<empty><<\s*>>)|(?<mark>#\{|=>|[[\]{},|.])/suy;

function* tokensOf(text: string): Iterable<Token> {
  token.lastIndex = 0;
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text)?.groups;
    if (found === undefined) throw unreadable();
    const end = token.lastIndex;
    if (found['space'] !== undefined) yield { kind: 'space', text: '' };
    else if (found['mark'] !== undefined) yield { kind: 'mark', text: found['mark'] };
    else if (found['number'] !== undefined) yield { kind: 'number', text: found['number'] };
    else if (found['atom'] ?? found['quoted'])
      yield { kind: 'atom', text: unescaped(found['atom'] ?? found['quoted']!) };
    else yield { kind: 'string', text: unescaped(found['string'] ?? found['binary'] ?? '') };
    token.lastIndex = end;
  }
}

function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\(?:x\{([0-9a-fA-F]{1,5})\}|(.))/gs, (_, code, char: string) => {
        return char ?? String.fromCodePoint(Number.parseInt(code, 16));
      })
    : text;
}

const unreadable = () => new Fault('input/invalid', 'is no list of Erlang terms');
