/** One way of logging in that a server offers (RFC 9110, 11.6.1). Scheme and parameter names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Values that should be quoted and are not are taken as far as they can go. */
const parameter = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s",]+))`);
const scheme = new RegExp(`^(${token})(?:[ \\t]+|$|(?=,))`);

/** The challenges of a WWW-Authenticate header; what cannot be understood ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = header.slice(0, 8192).trim();
  while (rest !== '') {
    const pair = parameter.exec(rest);
    if (pair !== null && challenges.length > 0) {
      const value = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3]!;
      challenges.at(-1)!.parameters.set(pair[1]!.toLowerCase(), value);
      rest = rest.slice(pair[0].length);
    } else {
      const named = scheme.exec(rest);
      if (named === null) break;
      challenges.push({ scheme: named[1]!.toLowerCase(), parameters: new Map() });
      rest = rest.slice(named[0].length);
    }
    rest = rest.replace(/^[ \t,]+/, '');
  }
  return challenges;
}
