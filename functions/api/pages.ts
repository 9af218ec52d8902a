/** Everything of a list that comes in pages by name, for lists that are small by their nature. */
export async function allPages<T>(
  page: (after: string, limit: number) => Promise<readonly T[]>,
  nameOf: (one: T) => string,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after = ''; ; ) {
    const found = await page(after, pageSize);
    all.push(...found);
    if (found.length < pageSize) return all;
    after = nameOf(found.at(-1)!);
  }
}

const pageSize = 500;
