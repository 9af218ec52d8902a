import { cpeLiteral, cpeName, cpeVersion, parseCpe, productVersion } from '#core/cpe.ts';
import type { Package } from '#core/package.ts';

/** A name as the namespace `cpe` has it, `vendor:product`. */
export interface CpeName {
  readonly name: string;
  readonly version: string;
}

/** CPEs of one program that are looked at: more are no identification but a guess. */
const mostCpes = 10;

/** The names of a program by its CPEs, in the version of the CPE where it has one. */
export function cpeNames({ cpes = [], version }: Package): readonly CpeName[] {
  const names = new Map<string, CpeName>();
  for (const text of cpes.slice(0, mostCpes)) {
    const cpe = parseCpe(text);
    const name = cpe?.part === 'a' ? cpeName(cpe) : null;
    if (cpe !== null && name !== null)
      names.set(name, { name, version: cpeVersion(cpe) ?? productVersion(cpe, version) });
  }
  return [...names.values()];
}

/** The software that its CPEs say a program is made for. */
export function cpeTargets({ cpes = [] }: Package): readonly string[] {
  return cpes.slice(0, mostCpes).flatMap((text) => cpeLiteral(parseCpe(text)?.targetSw ?? '*') ?? []);
}
