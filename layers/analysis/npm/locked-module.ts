import { npmName, npmVersion } from './npm-identity.ts';

/** A package that a lock file of npm or its kin names. */
export interface LockedModule {
  readonly name: string;
  readonly version: string;
  /** The git repository and commit it is taken from, as package URLs say it. */
  readonly vcsUrl?: string;
}

/** More packages of one lock file are not looked at; the largest known name some ten thousand. */
export const maxModules = 100_000;

/** A package of a lock file; null when this is no name, or no version as registries have them (an address, a tag, a range). */
export function lockedModule(name: unknown, version: unknown, vcsUrl: string | null = null): LockedModule | null {
  const locked = { name: npmName(name), version: npmVersion(version) };
  if (locked.name === null || locked.version === null || !/^\d+\.\d+\.\d+/.test(locked.version)) return null;
  return { name: locked.name, version: locked.version, ...(vcsUrl === null ? {} : { vcsUrl }) };
}

/** `NAME@REST`, where a scope begins with an `@` of its own; null without a rest. */
export function splitAt(text: string): readonly [name: string, rest: string] | null {
  const at = text.indexOf('@', 1);
  return at < 0 ? null : [text.slice(0, at), text.slice(at + 1)];
}
