import type { RandomAccess } from '../analyzer.ts';
import { identityProblem } from '../texts/declared-text.ts';
import { textLines } from '../texts/text-lines.ts';
import type { RpmData } from './package-data.ts';

/**
 * The packages in `var/lib/rpmmanifest/container-manifest-2`, which Mariner and Azure Linux leave in images without an
 * rpm database: a line a package with name, version-release, install time, build time, vendor, epoch, size, architecture,
 * epoch as a number and source rpm between tabs. A line of another form is given as a text that says so.
 */
export function* containerManifest(content: RandomAccess): Generator<RpmData | string> {
  let number = 0;
  for (const line of textLines(content)) {
    number++;
    if (line.trim() === '') continue;
    const columns = line.split('\t').map((column) => (column === '(none)' || column === '' ? null : column));
    const [name, evr, installed, , vendor, epoch, size, arch, , sourceRpm] = columns;
    const dash = evr?.lastIndexOf('-') ?? -1;
    const whole = columns.length >= 8 && dash > 0 && dash < evr!.length - 1;
    if (!whole || !name || !evr || identityProblem(name, evr) !== null) {
      yield `line ${number} does not tell a package`;
      continue;
    }
    yield {
      kind: 'package',
      row: number,
      name,
      version: evr.slice(0, dash),
      release: evr.slice(dash + 1),
      epoch: integer(epoch),
      arch: arch ?? null,
      sourceRpm: sourceRpm ?? null,
      license: null,
      vendor: vendor ?? null,
      packager: null,
      signed: null,
      size: integer(size),
      installed: integer(installed),
      module: null,
      requires: [],
      provides: [],
      files: [],
      expected: null,
    };
  }
}

function integer(text: string | null | undefined): number | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
