/**
 * Whether an SPDX license expression (SPDX specification, annex D) can be satisfied with licenses that are allowed: one side of OR is
 * enough, AND needs both, and an exception takes nothing away, so `A WITH E` is allowed where A is. A text that is no expression is one
 * license of that name. Reads each part once, without recursion.
 */
export function canSatisfy(expression: string, allowed: (license: string) => boolean): boolean {
  const values: boolean[] = [];
  const pending: string[] = [];
  const reduce = (until: (operator: string) => boolean) => {
    for (let last = pending.at(-1); last !== undefined && last !== '(' && until(last); last = pending.at(-1)) {
      pending.pop();
      const [b, a] = [values.pop(), values.pop()];
      if (a === undefined || b === undefined) return;
      values.push(last === 'AND' ? a && b : a || b);
    }
  };
  const tokens = tokensOf(expression);
  if (tokens === null) return allowed(expression);
  for (const token of tokens) {
    if (token === '(') pending.push(token);
    else if (token === ')') {
      reduce(() => true);
      pending.pop();
    } else if (token === 'AND' || token === 'OR') {
      reduce((last) => last === 'AND' || token === 'OR');
      pending.push(token);
    } else {
      const plain = token.split(' WITH ')[0]!;
      values.push(allowed(token) || allowed(plain));
    }
  }
  reduce(() => true);
  return values[0]!;
}

/** Parentheses, AND, OR and licenses (`A WITH E` is one) in a sound order; null when the text is no expression. */
function tokensOf(text: string): readonly string[] | null {
  const tokens: string[] = [];
  let depth = 0;
  for (const part of text.match(/[()]|[^\s()]+/g) ?? []) {
    const last = tokens.at(-1) ?? '(';
    const ended = last !== '(' && last !== 'AND' && last !== 'OR' && !last.endsWith(' WITH');
    if (part === '(' ? ended : ended === !['AND', 'OR', 'WITH', ')'].includes(part)) return null;
    if (part === 'WITH') tokens[tokens.length - 1] = `${last} WITH`;
    else if (last.endsWith(' WITH')) tokens[tokens.length - 1] = `${last} ${part}`;
    else tokens.push(part);
    depth += part === '(' ? 1 : part === ')' ? -1 : 0;
    if (depth < 0) return null;
  }
  const end = tokens.at(-1) ?? '(';
  return depth === 0 && end !== '(' && end !== 'AND' && end !== 'OR' && !end.endsWith(' WITH') ? tokens : null;
}
