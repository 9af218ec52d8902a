import { Fault } from '#core/fault.ts';
import type { ImageView, OwnedFile } from '../analyzer.ts';
import { type ExpectedFile, expectedText, readExpected } from './expected-file.ts';

/** Files by folder, so that a long list is kept once and small: `[['/usr/bin', ['ls', 'cat']], ...]`. Folders are absolute. */
export type OwnedFiles = readonly (readonly [folder: string, names: readonly string[]])[];

/** Most characters that the paths of one package, and of all packages of one database, may have when written out. */
const maxCharacters = { package: 32 * 1024 * 1024, database: 512 * 1024 * 1024 };
const maxPath = 4096;

/**
 * Gathers the files of one package. `add` takes an absolute or relative path by folder and name; paths over 4,096
 * characters are left out. Throws `input/too-large` when the paths of a package pass 32 MiB, or those of all packages
 * gathered with the same `budget` 512 MiB: a folder name of 4 KB shared by a million files costs little to write but
 * not to read.
 */
export class OwnedFilesBuilder {
  readonly #folders = new Map<string, { readonly names: string[]; readonly expected: string[] }>();
  readonly #budget: FilesBudget;
  #characters = 0;
  #said = false;

  constructor(budget: FilesBudget = { characters: 0 }) {
    this.#budget = budget;
  }

  add(folder: string, name: string, expected?: ExpectedFile): void {
    const length = folder.length + name.length + 2;
    if (name === '' || length > maxPath) return;
    this.#characters += length;
    this.#budget.characters += length;
    if (this.#characters > maxCharacters.package || this.#budget.characters > maxCharacters.database)
      throw new Fault('input/too-large', `the paths of its files pass ${maxCharacters.package >> 20} MiB`);
    const absolute = absoluteFolder(folder);
    const known = this.#folders.get(absolute);
    const text = expected === undefined ? '' : expectedText(expected);
    if (text !== '') this.#said = true;
    if (known === undefined) this.#folders.set(absolute, { names: [name], expected: [text] });
    else {
      known.names.push(name);
      known.expected.push(text);
    }
  }

  finish(): OwnedFiles {
    return Array.from(this.#folders, ([folder, { names }]) => [folder, names]);
  }

  /** What is known of the files, in their order (see {@link packageFiles}); null when nothing is known of any. */
  finishExpected(): string | null {
    return this.#said ? [...this.#folders.values()].flatMap(({ expected }) => expected).join(',') : null;
  }
}

/** What the packages of one database have used together. */
export interface FilesBudget {
  characters: number;
}

/** `/usr/lib` for `usr/lib`, `/usr/lib/`, `./usr/lib`; empty for the root. */
function absoluteFolder(folder: string): string {
  const trimmed = folder.replace(/^(?:\.?\/+)+|\/+$/g, '');
  return trimmed === '' || trimmed === '.' ? '' : `/${trimmed}`;
}

/**
 * A function that writes out the files of a package as sorted absolute paths, each folder as it is really called in the
 * image: on a system with merged folders `/lib/x` is `/usr/lib/x`. A folder that is not in the image stays as declared.
 */
export function ownedPaths(view: Pick<ImageView, 'resolve'>): (files: OwnedFiles) => readonly string[] {
  const realFolder = realFolders(view);
  return (files) => {
    const paths = new Set<string>();
    for (const [folder, names] of files) {
      const prefix = `${realFolder(folder)}/`;
      for (const name of names) paths.add(prefix + name);
    }
    return [...paths].sort();
  };
}

/** A function that gives the real name of a folder in the image; one that is not there keeps its own. */
export function realFolders(view: Pick<ImageView, 'resolve'>): (folder: string) => string {
  const real = new Map<string, string>();
  return (folder) => {
    if (folder === '') return '';
    const known = real.get(folder);
    if (known !== undefined) return known;
    const resolved = view.resolve(folder.slice(1));
    const found = resolved === null ? folder : absoluteFolder(resolved);
    real.set(folder, found);
    return found;
  };
}

/**
 * A function that gives the files of a package, each with what its database says of it: `expected` is the text that
 * {@link OwnedFilesBuilder} made beside the files, null or undefined for none.
 */
export function packageFiles(
  view: Pick<ImageView, 'resolve'>,
): (found: OwnedFile['package'], files: OwnedFiles, expected: string | null | undefined) => Generator<OwnedFile> {
  const realFolder = realFolders(view);
  return function* ({ type, name, version, arch }, files, expected) {
    const words = expected?.split(',') ?? [];
    let index = 0;
    for (const [folder, names] of files)
      for (const file of names)
        yield {
          path: `${realFolder(folder)}/${file}`,
          package: { type, name, version, arch },
          expected: readExpected(words[index++] ?? ''),
        };
  };
}
