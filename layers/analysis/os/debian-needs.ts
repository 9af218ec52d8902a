import type { Need } from './needed-packages.ts';

/** `libc6 (>= 2.36), default-mta | mail-transport-agent:any`: the names, with their alternatives (Debian policy 7.1). */
export function debianNeeds(...relations: readonly (string | null | undefined)[]): readonly Need[] {
  return relations.flatMap((text) =>
    (text ?? '')
      .slice(0, 64 * 1024)
      .split(',')
      .map((need) => need.split('|').flatMap(nameIn))
      .filter((need) => need.length > 0),
  );
}

/** `libfoo (= 1.2), bar`: the names that a package provides. */
export function debianProvides(text: string | null | undefined): readonly string[] {
  return debianNeeds(text).flat();
}

function nameIn(relation: string): readonly string[] {
  const name = /^\s*([A-Za-z0-9][\w+.-]*)(?::[a-z0-9-]+)?\s*(?:[([<]|$)/.exec(relation)?.[1];
  return name === undefined ? [] : [name];
}
