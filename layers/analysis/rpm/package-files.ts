import { digestOf, type ExpectedFile } from '../os/expected-file.ts';
import { type FilesBudget, OwnedFilesBuilder } from '../os/owned-files.ts';
import { type RpmHeader, rpmTag } from './header.ts';

/** File types in a mode (S_IFMT, S_IFDIR, S_IFREG). */
const typeMask = 0o170000;
const directory = 0o040000;
const regular = 0o100000;

/** Flags of a file (rpm/include/rpm/rpmfiles.h). */
const flag = { config: 1, missingOk: 8, ghost: 64 };

/** What rpm is to look at when it verifies a file (rpm/include/rpm/rpmvf.h). */
const verify = { digest: 1, user: 8, group: 16, mode: 64 };

/** States of a file that was not put there (rpm/include/rpm/rpmfiles.h): replaced, left out, shared, of another colour. */
const notInstalled = [1, 2, 3, 4];

/** Files of one package that are looked at; the largest packages have a tenth of them. */
const maxFiles = 1_000_000;

/**
 * The files of a package with what `rpm --verify` would look at. Paths stand as base names with the index of their folder; headers before
 * rpm 4 have whole paths. Folders are left out. Throws what {@link OwnedFilesBuilder} throws.
 */
export function rpmFiles(header: RpmHeader, budget: FilesBudget): OwnedFilesBuilder {
  const files = new OwnedFilesBuilder(budget);
  const modes = header.numbers(rpmTag.fileModes, maxFiles);
  const isFile = (index: number) => ((modes[index] ?? 0) & typeMask) !== directory;
  const expected = expectations(header, modes);
  const folders = header.texts(rpmTag.dirNames, maxFiles);
  const indexes = header.numbers(rpmTag.dirIndexes, maxFiles);
  for (const [index, name] of header.texts(rpmTag.baseNames, maxFiles).entries()) {
    const folder = folders[indexes[index] ?? -1];
    if (folder !== undefined && isFile(index)) files.add(folder, name, expected(index));
  }
  for (const [index, path] of header.texts(rpmTag.oldFileNames, maxFiles).entries()) {
    const slash = path.lastIndexOf('/');
    if (isFile(index)) files.add(path.slice(0, Math.max(0, slash)), path.slice(slash + 1), expected(index));
  }
  return files;
}

function expectations(header: RpmHeader, modes: readonly number[]): (index: number) => ExpectedFile {
  const digests = header.texts(rpmTag.fileDigests, maxFiles);
  const flags = header.numbers(rpmTag.fileFlags, maxFiles);
  const states = header.numbers(rpmTag.fileStates, maxFiles);
  const verified = header.numbers(rpmTag.fileVerifyFlags, maxFiles);
  const users = header.texts(rpmTag.fileUserNames, maxFiles);
  const groups = header.texts(rpmTag.fileGroupNames, maxFiles);
  return (index) => {
    const [its, mode, seen] = [flags[index] ?? 0, modes[index] ?? 0, verified[index] ?? 0xffffffff];
    const absent = notInstalled.includes(states[index] ?? 0);
    const isRegular = (mode & typeMask) === regular;
    const digest = digests[index] ?? '';
    const compared = !absent && isRegular && (its & flag.ghost) === 0 && (seen & verify.digest) !== 0;
    const owned = !absent && (seen & verify.user) !== 0 && (seen & verify.group) !== 0;
    return {
      digest: compared && /^(?:[0-9a-f]{2})+$/i.test(digest) ? digestOf(Buffer.from(digest, 'hex')) : null,
      mode: !absent && isRegular && (seen & verify.mode) !== 0 ? mode & 0o7777 : null,
      owner: owned && users[index] && groups[index] ? `${users[index]}:${groups[index]}` : null,
      config: (its & flag.config) !== 0,
      optional: absent || (its & (flag.ghost | flag.missingOk)) !== 0,
    };
  };
}
