import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { mayBeProgram } from '../programs/may-be-program.ts';
import { openExecutables } from '../programs/open-executable.ts';
import { readAuditData } from '../rust/audit-data.ts';
import { readCargoLock } from '../rust/cargo-lock.ts';
import { type Crate, cratePackage } from '../rust/crate.ts';

/**
 * Crates of Rust: those that programs built with `cargo auditable` were made from (source `root` for the program's own), and
 * those that a Cargo.lock names. Programs are ELF, PE or Mach-O; without the record nothing tells their crates.
 */
export const cargo: Analyzer = {
  name: 'cargo',
  reads: 'audit data in programs, `Cargo.lock`',
  version: 1,
  wants: (path, size, mode) => isLock(path) || mayBeProgram(path, size, mode),
  read: readFile,
  assemble: assemblePackages,
};

/** Crates are published with the lock file of their own tests and examples; cargo keeps their sources in its home. */
const cargoHome = /(^|\/)(registry\/src|git\/checkouts)\//;

function isLock(path: string): boolean {
  return path.endsWith('Cargo.lock') && /(^|\/)Cargo\.lock$/.test(path) && !cargoHome.test(path);
}

function* readFile(file: WantedFile): Iterable<Fact> {
  if (isLock(file.path)) yield* factsOf(readCargoLock(file.content));
  else yield* readProgram(file);
}

function* readProgram(file: WantedFile): Iterable<Fact> {
  let unreadable = 0;
  for (const program of openExecutables(file.content)) {
    const data = readAuditData(program);
    if (data === null) continue;
    yield* factsOf(data.crates);
    unreadable += data.unreadable;
  }
  if (unreadable > 0) throw new Fault('image/corrupt', `${unreadable} crates of its list cannot be read`);
}

function factsOf(crates: readonly Crate[]): Fact[] {
  return crates.map((data) => ({ key: `${data.root ? 'root' : 'crate'} ${data.name} ${data.version}`, data }));
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    const declared = isLock(path) ? ({ declared: 'lock' } as const) : {};
    for (const { key, data } of facts) yield { ...cratePackage(data as Crate, { path, key }), ...declared };
  }
}
