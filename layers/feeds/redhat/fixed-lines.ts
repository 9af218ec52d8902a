import { rpm } from '#versions/comparators/rpm.ts';

/** Builds from `first` on, before `end`: each holds the mend of the first. */
export interface FixedLine {
  readonly first: string;
  readonly end: string;
}

/**
 * The stretches of versions below `last` that are mended all the same. Red Hat mends each minor release in builds of its own, and
 * counts each of those lines on: `2.9.7-13.el8_6.4` holds a mend that the next minor release got with `2.9.7-16.el8_8.1`.
 * Whose release does not name its minor release gives no line. `last` null: no version is the last.
 */
export function fixedLines(fixes: readonly string[], last: string | null): readonly FixedLine[] {
  const builds = [...new Set(fixes)].flatMap((evr) => buildOf(evr) ?? []);
  const bases = new Map<string, Set<string>>();
  for (const { base, minor } of builds) bases.set(base, (bases.get(base) ?? new Set()).add(minor));
  const lines = builds
    .filter(({ evr }) => last === null || precedes(evr, last))
    .map((build) => ({ first: build.evr, end: endOf(build, bases.get(build.base)!.size === 1) }))
    .filter(({ first, end }) => precedes(first, end));
  return withoutInner(lines);
}

interface Build {
  readonly evr: string;
  /** `0:4.18.0-`. */
  readonly version: string;
  /** What stands before the minor release: `372.87.1.el8_`, `1.module+el8.`. */
  readonly head: string;
  readonly minor: string;
  /** Version and first number of the release. */
  readonly base: string;
}

/** A build whose release has a dist tag with a minor release: `.el8_6`, `.module+el8.6.0+`. */
function buildOf(evr: string): Build | null {
  const hyphen = evr.lastIndexOf('-') + 1;
  const version = evr.slice(0, hyphen);
  const release = evr.slice(hyphen);
  const [, head, minor] = /^(.*?el\d{1,2}[_.])(\d{1,2})(?!\d)/.exec(release) ?? [];
  if (hyphen === 0 || head === undefined || minor === undefined) return null;
  return { evr, version, head, minor, base: `${version}${Number.parseInt(release, 10)}` };
}

/**
 * `13.el8_6.4` is followed by `13.el8_6.5`; kernels and glibc count before the dist tag, `372.87.1.el8_6` is followed by
 * `372.91.1.el8_6`: where no other minor release has that first number, all of its builds are of the line.
 */
function endOf({ version, head, minor, evr }: Build, alone: boolean): string {
  const [, first] = /^(\d{1,9})\.\d/.exec(evr.slice(version.length)) ?? [];
  if (first !== undefined && alone) return `${version}${Number(first) + 1}`;
  return `${version}${head}${Number(minor) + 1}`;
}

/** A line within another says nothing more. */
function withoutInner(lines: readonly FixedLine[]): readonly FixedLine[] {
  return lines.filter(
    ({ first, end }, at) =>
      !lines.some(
        (other, place) =>
          place !== at &&
          !precedes(first, other.first) &&
          !precedes(other.end, end) &&
          (other.first !== first || other.end !== end || place < at),
      ),
  );
}

/** The highest of some versions; null of none. Versions that cannot be compared come before those that can. */
export function highestVersion(versions: readonly string[]): string | null {
  return versions.reduce<string | null>(
    (highest, one) => (highest === null || precedes(highest, one) ? one : highest),
    null,
  );
}

function precedes(a: string, b: string): boolean {
  const order = rpm.compare(a, b);
  return typeof order === 'number' && order < 0;
}
