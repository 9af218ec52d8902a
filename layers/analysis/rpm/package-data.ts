import { declaredText, identityProblem } from '../texts/declared-text.ts';
import type { FilesBudget, OwnedFiles } from '../os/owned-files.ts';
import { type RpmHeader, rpmTag } from './header.ts';
import { rpmFiles } from './package-files.ts';

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
  readonly packager: string | null;
  /** Whether the database keeps a signature of the package; null where that says nothing. */
  readonly signed: boolean | null;
  readonly size: number | null;
  readonly installed: number | null;
  /** `name:stream:version:context` of a module build. */
  readonly module: string | null;
  /** Names of capabilities, without versions; those of libraries without their symbols' versions. */
  readonly requires: readonly string[];
  readonly provides: readonly string[];
  readonly files: OwnedFiles;
  /** What is known of the files (see OwnedFilesBuilder). */
  readonly expected: string | null;
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
  const files = rpmFiles(header, budget);
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
    packager: text(rpmTag.packager),
    signed: name === 'gpg-pubkey' ? null : signatures.some((tag) => header.has(tag)),
    size: header.number(rpmTag.longSize) ?? header.number(rpmTag.size),
    installed: header.number(rpmTag.installTime),
    module: text(rpmTag.modularityLabel),
    requires: capabilities(header.texts(rpmTag.requireNames, maxCapabilities), name),
    provides: capabilities(header.texts(rpmTag.provideNames, maxCapabilities), name),
    files: files.finish(),
    expected: files.finishExpected(),
  };
}

const signatures = [rpmTag.rsaHeader, rpmTag.dsaHeader, rpmTag.openPgp, rpmTag.sigPgp, rpmTag.sigGpg];

/** Requirements, and what is provided, of one package that are looked at; glibc provides some hundreds. */
const maxCapabilities = 20_000;
const maxCapability = 200;

/** What nobody else asks for: of rpm itself, of the package itself, of installers. */
const ownAffairs = /^(?:rpmlib|config|bundled|weakremover|displayorder|gpg|product[\w-]*)\(|^\(/;

/**
 * The names in a list of capabilities that another package may have to do with. `libc.so.6(GLIBC_2.34)(64bit)` is one of
 * `libc.so.6()(64bit)`; conditions (`(a if b)`) are left out.
 */
function capabilities(names: readonly string[], own: string): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (name === '' || name === own || name.length > maxCapability || ownAffairs.test(name)) continue;
    found.add(
      name.replace(/^([^()]+\.so[^()]*)\([^()]*\)((?:\(64bit\))?)$/, (_, soname: string, bits: string) =>
        bits === '' ? soname : `${soname}()${bits}`,
      ),
    );
  }
  return [...found];
}
