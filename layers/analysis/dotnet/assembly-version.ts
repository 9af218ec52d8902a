/** One to four numbers, as Windows and NuGet have them; old tools write `1, 0, 0, 0`. */
const numbers = /^v?(\d{1,9}(?:\s*[.,]\s*\d{1,9}){0,3})(?!\d)/i;

/**
 * The version of the package that an assembly most likely comes from, by its version resource; null when that says none.
 *
 * The .NET SDK stamps the package's version as ProductVersion, with the commit behind (`13.0.3+0a2e291`), and so do tools of
 * semantic versions (`1.2.0-beta.1`): that decides, unless the file itself is of a later generation. Parts of .NET Core 3 have
 * the ProductVersion of their runtime and a FileVersion that tells two numbers of theirs (`4.700.22.12208` is some 4.7). Where both
 * are plain numbers, ProductVersion decides when FileVersion only adds a build number to it (`9.0.1` and `9.0.1.19813`), else the
 * higher one: each of them is often left at 1.0.0.
 */
export function assemblyVersion(texts: ReadonlyMap<string, string>): string | null {
  const product = (texts.get('ProductVersion') ?? '').trim();
  const productNumbers = numbersIn(product);
  const fileNumbers = numbersIn(texts.get('FileVersion') ?? '');
  if (productNumbers === null || fileNumbers === null) return textOf(productNumbers ?? fileNumbers);
  const semantic = /^v?(\d+\.\d+\.\d+(?:\.\d+)?)(-[0-9A-Za-z.-]+)?(\+\S*)?$/i.exec(product);
  const [, release = '', label = '', build] = semantic ?? [];
  const stamped = semantic !== null && (label !== '' || build !== undefined);
  if (stamped && productNumbers[0]! >= fileNumbers[0]!) return `${textOf(numbersIn(release))}${label}`;
  const [major = 0, minor = 0] = fileNumbers;
  if (stamped && minor >= 100) return textOf([major, Math.floor(minor / 100)]);
  const added = productNumbers.length >= 3 && productNumbers.every((part, index) => part === fileNumbers[index]);
  return textOf(added || isHigher(productNumbers, fileNumbers) ? productNumbers : fileNumbers);
}

function numbersIn(text: string): readonly number[] | null {
  const found = numbers.exec(text.trim())?.[1];
  return found === undefined ? null : found.split(/[.,]/).map(Number);
}

function isHigher(a: readonly number[], b: readonly number[]): boolean {
  const at = [0, 1, 2, 3].find((index) => (a[index] ?? 0) !== (b[index] ?? 0));
  return at === undefined || (a[at] ?? 0) > (b[at] ?? 0);
}

/** As NuGet writes it: three numbers, the fourth where it is not 0; null for what is no version at all. */
function textOf(parts: readonly number[] | null): string | null {
  if (parts === null || parts.every((part) => part === 0)) return null;
  const [major = 0, minor = 0, patch = 0, revision = 0] = parts;
  return [major, minor, patch, ...(revision === 0 ? [] : [revision])].join('.');
}
