import type { Classifier } from './classifier.ts';

/** The classifiers that may know a file by its path. */
export type ClassifiersFor = (path: string) => readonly Classifier[];

interface Name {
  readonly text: string;
  /** What the whole name must be where `text` is only its beginning. */
  readonly is: RegExp | null;
  readonly classifier: Classifier;
}

const none: readonly Classifier[] = [];
const exe = '.exe';

/**
 * Compiles the names of all files into one question. It is asked for every file of a layer: a name that no classifier has costs
 * a few comparisons and no memory.
 */
export function compileFileNames(classifiers: readonly Classifier[]): ClassifiersFor {
  const byFirst: Name[][] = Array.from({ length: 128 }, () => []);
  for (const classifier of classifiers) {
    for (const file of classifier.files) {
      const name = typeof file === 'string' ? { text: file, is: null } : { text: file.begins, is: file.is };
      byFirst[name.text.charCodeAt(0)]!.push({ ...name, classifier });
    }
  }
  return (path) => {
    const start = path.lastIndexOf('/') + 1;
    const names = byFirst[path.charCodeAt(start)];
    if (names === undefined) return none;
    let found = none;
    for (const { text, is, classifier } of names) {
      // Lengths are compared first: most names end here.
      const rest = path.length - start - text.length;
      if (rest < 0 || (is === null && rest !== 0 && rest !== exe.length) || !path.startsWith(text, start)) continue;
      const fits = is === null ? rest === 0 || path.endsWith(exe) : is.test(path.slice(start));
      if (fits && !found.includes(classifier)) found = [...found, classifier];
    }
    return found;
  };
}
