import { Fault } from '#core/fault.ts';
import type { ImageView } from '../analyzer.ts';

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
  readonly #folders = new Map<string, string[]>();
  readonly #budget: FilesBudget;
  #characters = 0;

  constructor(budget: FilesBudget = { characters: 0 }) {
    this.#budget = budget;
  }

  add(folder: string, name: string): void {
    const length = folder.length + name.length + 2;
    if (name === '' || length > maxPath) return;
    this.#characters += length;
    this.#budget.characters += length;
    if (this.#characters > maxCharacters.package || this.#budget.characters > maxCharacters.database)
      throw new Fault('input/too-large', `the paths of its files pass ${maxCharacters.package >> 20} MiB`);
    const absolute = absoluteFolder(folder);
    const names = this.#folders.get(absolute);
    if (names === undefined) this.#folders.set(absolute, [name]);
    else names.push(name);
  }

  finish(): OwnedFiles {
    return [...this.#folders];
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
  const real = new Map<string, string>();
  const realFolder = (folder: string) => {
    if (folder === '') return '';
    const known = real.get(folder);
    if (known !== undefined) return known;
    const resolved = view.resolve(folder.slice(1));
    const found = resolved === null ? folder : absoluteFolder(resolved);
    real.set(folder, found);
    return found;
  };
  return (files) => {
    const paths = new Set<string>();
    for (const [folder, names] of files) {
      const prefix = `${realFolder(folder)}/`;
      for (const name of names) paths.add(prefix + name);
    }
    return [...paths].sort();
  };
}
