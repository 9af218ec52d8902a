import { Fault } from '#core/fault.ts';

/** A `:name` in a statement. `cast` is the type it is cast to, null when there is no cast. Offsets are UTF-16 positions. */
export interface SqlParameterUse {
  readonly name: string;
  readonly cast: string | null;
  readonly start: number;
  readonly end: number;
}

/** What the words of an SQL text say, without knowing any grammar beyond its tokens. */
export interface SqlText {
  /** The statements without their semicolons, comments inside kept; empty ones left out. */
  readonly statements: readonly string[];
  readonly uses: readonly SqlParameterUse[];
  /** First word of the first statement, lower case; '' when there is none. */
  readonly verb: string;
  /** A `$1` that stands in the text itself, null when there is none. */
  readonly positional: string | null;
}

/**
 * Reads SQL by PostgreSQL's lexical rules (documentation, 4.1): '' and E'' literals, "identifiers", $tag$ bodies, nested
 * comments; semicolons in parentheses (rules) and in BEGIN ATOMIC bodies do not end a statement. Throws `sql/refused` when a literal,
 * identifier or comment is never closed.
 */
export function readSqlText(sql: string): SqlText {
  const tokens = [...lex(sql)];
  const statements: string[] = [];
  const uses: SqlParameterUse[] = [];
  let first = 0;
  let parentheses = 0;
  let atomic = 0;
  tokens.forEach((token, i) => {
    if (token.kind === 'parameter') {
      uses.push({ name: token.text.slice(1), cast: castOf(tokens, i), start: token.start, end: token.end });
    } else if (token.text === '(') parentheses++;
    else if (token.text === ')') parentheses = Math.max(0, parentheses - 1);
    else if (token.kind === 'word' && token.text === 'atomic' && tokens[i - 1]?.text === 'begin') atomic++;
    else if (token.kind === 'word' && token.text === 'case' && atomic > 0) atomic++;
    else if (token.kind === 'word' && token.text === 'end' && atomic > 0) atomic--;
    else if (token.text === ';' && parentheses === 0 && atomic === 0) {
      keep(tokens[first], tokens[i - 1]);
      first = i + 1;
    }
  });
  keep(tokens[first], tokens.at(-1));
  const verb = tokens.find((token) => token.text !== ';' && token.text !== '(');
  return {
    statements,
    uses,
    verb: verb?.kind === 'word' ? verb.text : '',
    positional: tokens.find((token) => token.kind === 'positional')?.text ?? null,
  };

  function keep(from: Token | undefined, to: Token | undefined): void {
    if (from !== undefined && to !== undefined && from.start < to.end) statements.push(sql.slice(from.start, to.end));
  }
}

/**
 * The text with each `:name` replaced by what `place` gives for it: `$1`, `$1::text`, ... The same name may be asked for
 * several times.
 */
export function replaceParameters(sql: string, text: SqlText, place: (name: string) => string): string {
  let result = '';
  let from = 0;
  for (const use of text.uses) {
    result += sql.slice(from, use.start) + place(use.name);
    from = use.end;
  }
  return result + sql.slice(from);
}

/** A token that means something; white space and comments are none. Words are lower case, everything else as written. */
interface Token {
  readonly kind: 'word' | 'quoted' | 'literal' | 'number' | 'parameter' | 'positional' | 'sign';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const patterns = {
  space: /[ \t\r\n\f\v]+/y,
  lineComment: /--[^\r\n]*/y,
  word: /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y,
  number: /(?:\d[0-9A-Za-z_]*(?:\.(?!\.)[0-9A-Za-z_]*)?|\.\d[0-9A-Za-z_]*)/y,
  literal: /'[^']*(?:''[^']*)*'/y,
  escapeLiteral: /'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*'/y,
  quoted: /"[^"]*(?:""[^"]*)*"/y,
  dollarTag: /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y,
  positional: /\$\d+/y,
  parameter: /:[A-Za-z_][A-Za-z0-9_]*/y,
} as const;

function* lex(sql: string): Generator<Token> {
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0] ?? null;
  };
  const token = (kind: Token['kind'], text: string): Token => {
    const start = at;
    at += text.length;
    return { kind, text: kind === 'word' ? text.toLowerCase() : text, start, end: at };
  };
  let escapes = false;
  while (at < sql.length) {
    const skipped = match(patterns.space) ?? match(patterns.lineComment) ?? blockComment(sql, at);
    if (skipped !== null) {
      at += skipped.length;
      continue;
    }
    const c = sql[at]!;
    const escaped = escapes;
    escapes = false;
    if (c === "'") {
      yield token(
        'literal',
        closed(match(escaped ? patterns.escapeLiteral : patterns.literal), sql, at, 'text literal'),
      );
    } else if (c === '"') {
      yield token('quoted', closed(match(patterns.quoted), sql, at, 'quoted identifier'));
    } else if (c === '$') {
      const tag = match(patterns.dollarTag);
      if (tag === null) {
        const positional = match(patterns.positional);
        yield positional === null ? token('sign', c) : token('positional', positional);
      } else {
        const end = sql.indexOf(tag, at + tag.length);
        yield token('literal', closed(end < 0 ? null : sql.slice(at, end + tag.length), sql, at, `${tag} body`));
      }
    } else if (c === ':') {
      if (sql[at + 1] === ':' || sql[at + 1] === '=') yield token('sign', sql.slice(at, at + 2));
      else {
        const parameter = match(patterns.parameter);
        yield parameter === null ? token('sign', c) : token('parameter', parameter);
      }
    } else {
      const number = match(patterns.number);
      const word = number === null ? match(patterns.word) : null;
      if (number !== null) yield token('number', number);
      else if (word !== null) {
        yield token('word', word);
        escapes = /^e$/i.test(word) && sql[at] === "'";
      } else yield token('sign', c);
    }
  }
}

/** A comment that may hold comments; null when none begins here. */
function blockComment(sql: string, start: number): string | null {
  if (!sql.startsWith('/*', start)) return null;
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return sql.slice(start, mark.lastIndex);
  }
  return closed(null, sql, start, 'comment');
}

function closed(text: string | null, sql: string, at: number, what: string): string {
  if (text !== null) return text;
  const line = sql.slice(0, at).split('\n').length;
  throw new Fault('sql/refused', `The ${what} that begins in line ${line} of the SQL text is never closed; close it`);
}

/** The type in `:name::type` or `cast(:name as type)`; null when neither stands there. */
function castOf(tokens: readonly Token[], at: number): string | null {
  const next = tokens[at + 1];
  const isType = (token: Token | undefined) => token?.kind === 'word' || token?.kind === 'quoted';
  if (next?.text === '::') return isType(tokens[at + 2]) ? tokens[at + 2]!.text : null;
  const inCast = tokens[at - 1]?.text === '(' && tokens[at - 2]?.kind === 'word' && tokens[at - 2]?.text === 'cast';
  if (inCast && next?.text === 'as' && isType(tokens[at + 2])) return tokens[at + 2]!.text;
  return null;
}
