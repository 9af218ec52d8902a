import type { Package } from '#core/package.ts';

/** CPEs of one program that are looked at: more are no identification but a guess. */
const mostCpes = 10;

/** A name as the namespace `cpe` has it, `vendor:product`. */
export interface CpeName {
  readonly name: string;
  readonly version: string;
}

/** The names of a program by its CPEs, in the version of the CPE where it has one. */
export function cpeNames({ cpes = [], version }: Package): readonly CpeName[] {
  const names = new Map<string, CpeName>();
  for (const cpe of cpes.slice(0, mostCpes)) {
    const [prefix, form, part, vendor, product, its] = cpe.split(/(?<!\\):/);
    if (prefix !== 'cpe' || form !== '2.3' || part !== 'a' || !isNamed(vendor) || !isNamed(product)) continue;
    const name = `${vendor}:${product}`.toLowerCase();
    names.set(name, { name, version: isNamed(its) ? unescaped(its) : version });
  }
  return [...names.values()];
}

/** `*` is any value, `-` that there is none. */
function isNamed(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== '*' && value !== '-';
}

const unescaped = (value: string) => value.replace(/\\(.)/g, '$1');
