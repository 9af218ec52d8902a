import { declaredText, identityProblem } from '../texts/declared-text.ts';
import { type FilesBudget, type OwnedFiles, OwnedFilesBuilder } from '../os/owned-files.ts';
import { type RpmHeader, rpmTag } from './header.ts';

/** A package as an rpm database has it; texts as declared, time in seconds since the epoch, size in bytes. */
export interface RpmData {
  readonly kind: 'package';
  /** The number of its row in the database. */
  readonly row: number;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch: number | null;
  readonly arch: string | null;
  readonly sourceRpm: string | null;
  readonly license: string | null;
  readonly vendor: string | null;
  readonly size: number | null;
  readonly installed: number | null;
  /** `name:stream:version:context` of a module build. */
  readonly module: string | null;
  readonly files: OwnedFiles;
}

/** What is kept of a header; a text says why there is no package in it. Throws what {@link OwnedFilesBuilder} throws. */
export function rpmData(row: number, header: RpmHeader, budget: FilesBudget): RpmData | string {
  // Keys that rpm keeps as packages (gpg-pubkey) have the word for "not there" written out.
  const text = (tag: number) => {
    const value = declaredText(header.text(tag));
    return value === '(none)' ? null : value;
  };
  const [name, version, release] = [text(rpmTag.name), text(rpmTag.version), text(rpmTag.release)];
  const wrong = identityProblem(name, version) ?? identityProblem(name, release);
  if (name === null || version === null || release === null || wrong !== null)
    return `${name?.slice(0, 100) ?? 'it'} has ${version !== null && release === null ? 'no release' : wrong}`;
  return {
    kind: 'package',
    row,
    name,
    version,
    release,
    epoch: header.number(rpmTag.epoch),
    arch: text(rpmTag.arch),
    sourceRpm: text(rpmTag.sourceRpm),
    license: text(rpmTag.license),
    vendor: text(rpmTag.vendor),
    size: header.number(rpmTag.longSize) ?? header.number(rpmTag.size),
    installed: header.number(rpmTag.installTime),
    module: text(rpmTag.modularityLabel),
    files: filesOf(header, budget),
  };
}

/** The form of a directory in a file's mode (S_IFMT, S_IFDIR). */
const typeMask = 0o170000;
const directory = 0o040000;

/** Paths stand as base names with the index of their folder; headers before rpm 4 have whole paths. Folders are left out. */
function filesOf(header: RpmHeader, budget: FilesBudget): OwnedFiles {
  const files = new OwnedFilesBuilder(budget);
  const modes = header.numbers(rpmTag.fileModes);
  const isFile = (index: number) => ((modes[index] ?? 0) & typeMask) !== directory;
  const folders = header.texts(rpmTag.dirNames);
  const indexes = header.numbers(rpmTag.dirIndexes);
  for (const [index, name] of header.texts(rpmTag.baseNames).entries()) {
    const folder = folders[indexes[index] ?? -1];
    if (folder !== undefined && isFile(index)) files.add(folder, name);
  }
  for (const [index, path] of header.texts(rpmTag.oldFileNames).entries()) {
    const slash = path.lastIndexOf('/');
    if (isFile(index)) files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1));
  }
  return files.finish();
}
