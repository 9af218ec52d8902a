import { parse } from 'smol-toml';
import { Fault } from '#core/fault.ts';
import type { RandomAccess } from '../analyzer.ts';
import { isObject, type JsonObject } from '../texts/json-file.ts';
import { vcsUrl } from '../texts/vcs-url.ts';
import { type Crate, isCrate } from './crate.ts';

/** Cargo's own largest workspaces stay under 1 MiB. */
const maxBytes = 8 * 1024 * 1024;
const maxCrates = 50_000;

/**
 * The crates that a Cargo.lock names, in any of its four versions (cargo: core/resolver/encode.rs); those without a source are
 * the project itself and its neighbours, and are left out. Throws `input/invalid` for what is no TOML, `input/too-large`
 * over 8 MiB; a TOML file that locks nothing gives nothing.
 */
export function readCargoLock(content: RandomAccess): readonly Crate[] {
  const packages = parseLock(content)['package'];
  if (!Array.isArray(packages)) return [];
  const crates = packages.slice(0, maxCrates).flatMap((entry) => {
    if (!isObject(entry) || typeof entry['source'] !== 'string' || !isCrate(entry['name'], entry['version'])) return [];
    return [crateOf(entry, entry['source'])];
  });
  return crates;
}

function parseLock(content: RandomAccess): JsonObject {
  const text = new TextDecoder().decode(content.all(maxBytes));
  try {
    return parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', 'is not TOML', { cause });
  }
}

const cratesIo = /^(registry|sparse)\+https:\/\/(github\.com\/rust-lang\/crates\.io-index|index\.crates\.io)\/?$/;

function crateOf(entry: JsonObject, source: string): Crate {
  const [url, fragment] = source.split('#', 2);
  const git = source.startsWith('git+') ? vcsUrl(url, fragment) : null;
  const registry = source.startsWith('git+') || cratesIo.test(url!) ? null : url!.replace(/^(registry|sparse)\+/, '');
  const requires = requirements(entry['dependencies']);
  return {
    name: entry['name'] as string,
    version: entry['version'] as string,
    ...(git === null ? {} : { vcsUrl: git }),
    ...(registry === null ? {} : { registry: registry.slice(0, 1024) }),
    ...(requires.length > 0 ? { requires } : {}),
  };
}

/** `name`, `name version` or `name version (source)`, whatever it takes to tell crates of one name apart. */
function requirements(dependencies: unknown): readonly string[] {
  if (!Array.isArray(dependencies)) return [];
  const names = dependencies.slice(0, 1000).map((text) => (typeof text === 'string' ? text.split(' ', 1)[0]! : ''));
  return [...new Set(names.filter((name) => isCrate(name, '0.0.0')))].sort();
}
