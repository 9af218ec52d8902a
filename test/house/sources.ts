import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A source file of the project with what it imports, as paths from the root or package names. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  /** Those of `imports` from which only types are taken: nothing is left of them when the program runs. */
  readonly typeImports: readonly string[];
}

/** All TypeScript files under these folders, sorted. */
export function sources(...folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const typeImports = importsOf(path, [...text.matchAll(/^import type .*?;$/gms)].map(([line]) => line).join('\n'));
      return { path, text, imports: importsOf(path, text), typeImports };
    });
}

const aliases = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).imports as Record<string, string>;

function importsOf(path: string, text: string): string[] {
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\b[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm),
  ];
  return specifiers.map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(path), specifier));
    if (!specifier.startsWith('#')) return specifier;
    const room = `${specifier.split('/')[0]}/*`;
    return (aliases[room] ?? room).replace('./', '').replace('*', specifier.slice(room.length - 1));
  });
}
