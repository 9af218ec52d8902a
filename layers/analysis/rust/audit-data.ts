import { inflateSync } from 'node:zlib';
import { Fault } from '#core/fault.ts';
import type { Executable } from '../programs/executable.ts';
import { isObject, type JsonObject } from '../texts/json-file.ts';
import { type Crate, isCrate } from './crate.ts';

/** The largest that cargo-auditable itself reads (auditable-info: Limits), compressed and not. */
const maxBytes = 8 * 1024 * 1024;
const maxCrates = 50_000;

/** The crates of a program, and how many of its entries cannot be read. */
export interface AuditData {
  readonly crates: readonly Crate[];
  readonly unreadable: number;
}

/**
 * The crates that `cargo auditable` wrote into a program: section `.dep-v0`, JSON in zlib's format (cargo-auditable, PARSING.md
 * and its JSON schema). Crates that only the build ran are left out. Null for a program without the section; throws
 * `image/corrupt` for one that holds something else.
 */
export function readAuditData({ sections, bytes }: Executable): AuditData | null {
  const section = sections.find(({ name }) => name === '.dep-v0');
  if (section === undefined) return null;
  const listed = parse(bytes.read(section.offset, Math.min(section.size, maxBytes)));
  const crates = listed.slice(0, maxCrates).map((entry) => crateOf(entry, listed));
  return {
    crates: crates.filter((crate) => crate !== 'unreadable' && crate !== 'build'),
    unreadable: crates.filter((crate) => crate === 'unreadable').length + Math.max(0, listed.length - maxCrates),
  };
}

function parse(section: Uint8Array): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(inflateSync(section, { maxOutputLength: maxBytes }).toString('utf8'));
    if (isObject(value) && Array.isArray(value['packages'])) return value['packages'];
  } catch (cause) {
    throw new Fault('image/corrupt', 'its list of crates (section .dep-v0) is not JSON in zlib of at most 8 MiB', {
      cause,
    });
  }
  throw new Fault('image/corrupt', 'its list of crates (section .dep-v0) names no packages');
}

function crateOf(entry: unknown, listed: readonly unknown[]): Crate | 'build' | 'unreadable' {
  if (!isObject(entry) || !isCrate(entry['name'], entry['version'])) return 'unreadable';
  if (entry['kind'] === 'build') return 'build';
  const requires = requirements(entry, listed);
  return {
    name: entry['name'] as string,
    version: entry['version'] as string,
    ...(entry['root'] === true ? { root: true } : {}),
    ...(requires.length > 0 ? { requires } : {}),
  };
}

/** `dependencies` are places in the list. A build dependency is only built for a build script: no part of the program. */
function requirements({ dependencies }: JsonObject, listed: readonly unknown[]): readonly string[] {
  if (!Array.isArray(dependencies)) return [];
  const names = dependencies.slice(0, 1000).map((place) => {
    const entry = typeof place === 'number' ? listed[place] : undefined;
    return isObject(entry) && isCrate(entry['name'], entry['version']) && entry['kind'] !== 'build'
      ? (entry['name'] as string)
      : null;
  });
  return [...new Set(names.filter((name) => name !== null))].sort();
}
