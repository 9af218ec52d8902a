import { isPythonName } from './python-name.ts';

/** Characters of one requirement that are looked at; markers may make them long. */
const maxLength = 1024;
const maxRequirements = 500;

/** A distribution and the one version that it is pinned to. */
export interface PinnedRequirement {
  readonly name: string;
  readonly version: string;
}

/**
 * The names of what is required (PyPA: dependency specifiers), as written, each once; what only an extra asks for and
 * what is no requirement is left out.
 */
export function requirementNames(requirements: readonly string[]): readonly string[] {
  const names = requirements
    .slice(0, maxRequirements)
    .map((text) => text.slice(0, maxLength))
    .filter((text) => !text.includes(';') || !/\bextra\s*(==|in\b)/.test(text.slice(text.indexOf(';'))))
    .map((text) => /^[\w.-]+/.exec(text.trim())?.[0] ?? '');
  return [...new Set(names.filter(isPythonName))];
}

/**
 * The version that a requirement is pinned to: `NAME[extra]==1.2 ; marker`, `===` too. Null for anything that leaves a
 * choice (`>=`, `==1.*`, none) and for what comes from an address (`NAME @ https://...`).
 */
export function pinnedRequirement(text: string): PinnedRequirement | null {
  const found = /^([\w.-]+)\s*(?:\[[^\]]*\]\s*)?\(?\s*={2,3}\s*([^\s,;)*]+)\s*\)?\s*(?:;|$)/.exec(
    text.slice(0, maxLength),
  );
  const [, name = '', version = ''] = found ?? [];
  return isPythonName(name) && version.length <= 256 ? { name, version } : null;
}
