/** A pattern of names as PostgreSQL's `like` has it: `*` stands for any text, all else for itself. */
export function likePattern(pattern: string): string {
  return pattern.replace(/[%_\\]/g, '\\$&').replace(/\*+/g, '%');
}

/**
 * A glob as a regular expression of PostgreSQL for the whole of a name: `*` any text, `?` one character, `[...]` one of these, `[!...]` one of
 * the others, as fnmatch of Python has it. Names of registries, repositories and tags are ASCII, so a set is written out as what of that
 * is in it: no two dialects of sets have to agree.
 */
export function globRegex(glob: string): string {
  let regex = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at]!;
    if (character === '*') regex += regex.endsWith('.*') ? '' : '.*';
    else if (character === '?') regex += '.';
    else if (character !== '[') regex += escaped(character);
    else {
      const end = setEnd(glob, at);
      regex += end < 0 ? escaped('[') : oneOf(glob.slice(at + 1, end));
      if (end >= 0) at = end;
    }
  }
  return `^${regex}$`;
}

/** Where the set that begins at `start` ends: a bracket that comes first in it stands for itself; -1 when it does not end. */
function setEnd(glob: string, start: number): number {
  const first = start + (glob[start + 1] === '!' ? 2 : 1);
  return glob.indexOf(']', glob[first] === ']' ? first + 1 : first);
}

function oneOf(text: string): string {
  const negated = text.startsWith('!');
  const members = negated ? text.slice(1) : text;
  const inSet = new Set<number>();
  for (let at = 0; at < members.length; at++) {
    const from = members.charCodeAt(at);
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    const to = isRange ? members.charCodeAt(at + 2) : from;
    for (let code = from; code <= Math.min(to, lastAscii); code++) inSet.add(code);
    if (isRange) at += 2;
  }
  const characters: string[] = [];
  for (let code = firstAscii; code <= lastAscii; code++)
    if (inSet.has(code) !== negated) characters.push(escaped(String.fromCharCode(code)));
  // Of nothing nothing is one.
  return characters.length === 0 ? '$x' : `(?:${characters.join('|')})`;
}

const firstAscii = 0x20;
const lastAscii = 0x7e;

function escaped(character: string): string {
  return /[A-Za-z0-9_]/.test(character) || character.charCodeAt(0) > lastAscii ? character : `\\${character}`;
}
