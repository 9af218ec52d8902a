/** What a package of a distribution offers to others and asks of them, in the words of its database and without versions. */
export interface Offers {
  readonly name: string;
  /** Names beside its own: virtual packages, sonames, capabilities. */
  readonly provides: readonly string[];
  /** Absolute paths of its files, for those databases whose packages may need a path. */
  readonly files?: readonly string[];
}

/** One need: any of these names serves it, the first that is installed is meant (Debian's `a | b`). */
export type Need = readonly string[];

/**
 * A function that turns what a package needs into names of packages that are installed, sorted, each once, without its own: by
 * name, else by what packages provide, else by the owner of a path. A need that nothing meets is left out: what was left
 * away on purpose is no part of the image. Of several packages that provide a name the first by name stands for them.
 * `realPath` gives the real name of a path in the image, null when nothing is there.
 */
export function neededPackages(
  installed: readonly Offers[],
  realPath: (path: string) => string | null = () => null,
): (name: string, needs: readonly Need[]) => readonly string[] {
  const names = new Set(installed.map(({ name }) => name));
  const inOrder = [...installed].sort((a, b) => (a.name < b.name ? -1 : 1));
  const providers = new Map<string, string>();
  for (const { name, provides } of inOrder)
    for (const provided of provides) if (!providers.has(provided)) providers.set(provided, name);
  let owners: ReadonlyMap<string, string> | null = null;
  const ownerOf = (path: string) => {
    owners ??= ownersOf(inOrder);
    return owners.get(path) ?? owners.get(realPath(path) ?? '');
  };
  const holder = (need: string) =>
    names.has(need) ? need : (providers.get(need) ?? (need.startsWith('/') ? ownerOf(need) : undefined));
  return (name, needs) => {
    const found = new Set<string>();
    for (const need of needs) {
      const met = need.map(holder).find((one) => one !== undefined);
      if (met !== undefined && met !== name) found.add(met);
    }
    return [...found].sort();
  };
}

function ownersOf(installed: readonly Offers[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { name, files = [] } of installed) for (const file of files) if (!owners.has(file)) owners.set(file, name);
  return owners;
}
