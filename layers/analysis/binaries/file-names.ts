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
  const byFirst = new Map<number, Name[]>();
  for (const classifier of classifiers) {
    for (const file of classifier.files) {
      const text = typeof file === 'string' ? file : file.begins;
      const names = byFirst.get(text.charCodeAt(0)) ?? [];
      byFirst.set(text.charCodeAt(0), [...names, { text, is: typeof file === 'string' ? null : file.is, classifier }]);
    }
  }
  return (path) => {
    const start = path.lastIndexOf('/') + 1;
    const names = byFirst.get(path.charCodeAt(start));
    if (names === undefined) return none;
    let found = none;
    for (const { text, is, classifier } of names) {
      const rest = path.length - start - text.length;
      if (rest < 0 || !path.startsWith(text, start)) continue;
      const fits = is === null ? rest === 0 || (rest === exe.length && path.endsWith(exe)) : is.test(path.slice(start));
      if (fits && !found.includes(classifier)) found = [...found, classifier];
    }
    return found;
  };
}
