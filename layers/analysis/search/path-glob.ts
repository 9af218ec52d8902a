import { Fault } from '#core/fault.ts';

/** Whether a path (relative, no leading slash) is meant. */
export type PathGlob = (path: string) => boolean;

/**
 * A glob of absolute paths: `*` stands for any characters within a name, `**` as a whole name for any folders or none;
 * everything else for itself. Throws `input/invalid` for one that is not absolute, or that has `**` within a name. Time
 * grows with the length of glob times path, whatever they are.
 */
export function makePathGlob(glob: string): PathGlob {
  if (!glob.startsWith('/') || glob.endsWith('/')) refuse(glob, 'give an absolute path of files, as /etc/*.conf');
  const names = glob
    .slice(1)

    .split('/');
  for (const name of names)
    if (name !== '**' && name.includes('**')) refuse(glob, '** stands for whole folders: /opt/**/*.key');
  if (!glob.includes('*')) return (path) => path.length === glob.length - 1 && glob.endsWith(path);
  const start = glob.slice(1, glob.indexOf('*'));
  return (path) => path.startsWith(start) && matchesNames(names, path.split('/'));
}

function refuse(glob: string, advice: string): never {
  throw new Fault('input/invalid', `the glob '${glob}' cannot be used; ${advice}`);
}

/** Goes back to the last `**` only: what stands between two of them is taken as early as it comes. */
function matchesNames(names: readonly string[], path: readonly string[]): boolean {
  let name = 0;
  let again = -1;
  let mark = 0;
  for (let at = 0; at < path.length; ) {
    const wanted = names[name];
    if (wanted === '**') {
      again = name++;
      mark = at;
    } else if (wanted !== undefined && matchesName(wanted, path[at]!)) {
      name += 1;
      at += 1;
    } else if (again >= 0) {
      name = again + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  return name === names.length;
}

/** First and last piece are anchored, those between are taken as early as they come. */
function matchesName(glob: string, name: string): boolean {
  const pieces = glob.split('*');
  if (pieces.length === 1) return glob === name;
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
