/** How a program is recognised by its name and its bytes, and what the world calls it. */
export interface Classifier {
  /** The name of the package, and in its purl (`pkg:generic/NAME@VERSION`): never changed once it was released. */
  readonly name: string;
  /** Names that its files have, whatever their folder; `.exe` may follow the name of a program. */
  readonly files: readonly FileName[];
  /** What the file must be: an executable or library (ELF, PE, Mach-O), or a text of at most 64 KiB. A program when left out. */
  readonly kind?: 'program' | 'script';
  /** Where the version stands, the strongest evidence first: what a weaker one says counts only where all before are silent. */
  readonly versions: readonly VersionPattern[];
  /** Texts one of which must be in the file, wherever. */
  readonly needs?: readonly string[];
  /** Texts none of which may be in the file: those of forks that keep the name. */
  readonly unless?: readonly string[];
  /** Main modules or packages of Go that it is built from: its version is then told by the build before any pattern. */
  readonly goModules?: readonly string[];
  /** The shared library that has the version where the program has none: where its name stands in the program. */
  readonly library?: { readonly near: string; readonly name: RegExp };
  /** CPE names as NVD has them, `vendor:product`, values escaped as in the binding of CPE 2.3; none where NVD has none. */
  readonly cpes: readonly string[];
}

/** A whole name, or the beginning of one (in lower case) and what all of it must be. */
export type FileName = string | { readonly begins: string; readonly is: RegExp };

/**
 * A version close to a literal. The literal is what is searched for; the expression then sees {@link bytesBefore} bytes before it
 * and {@link bytesAfter} from it on, as Latin-1, and must hold the literal and a group `version`. It must take linear time.
 */
export interface VersionPattern {
  readonly near: string;
  readonly is: RegExp;
}

export const bytesBefore = 256;
export const bytesAfter = 1024;
