/** The normalised name of a distribution, by which indexes and advisories know it (PyPA: name normalization, PEP 503). */
export function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** True for what may name a distribution (PyPA: names), at most 214 characters. */
export function isPythonName(name: string): boolean {
  return /^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]{0,212}[A-Z0-9])$/i.test(name);
}
