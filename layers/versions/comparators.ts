import type { Comparator } from './comparator.ts';
import { apk } from './comparators/apk.ts';
import { deb } from './comparators/deb.ts';
import { generic } from './comparators/generic.ts';
import { golang } from './comparators/golang.ts';
import { jvm } from './comparators/jvm.ts';
import { pacman } from './comparators/pacman.ts';
import { pep440 } from './comparators/pep440.ts';
import { portage } from './comparators/portage.ts';
import { rpm } from './comparators/rpm.ts';
import { semver } from './comparators/semver.ts';

/** Every version scheme that Plimsoll orders, by its name. */
export const comparators = {
  deb,
  rpm,
  apk,
  pacman,
  portage,
  semver,
  pep440,
  golang,
  jvm,
  generic,
} as const satisfies Record<string, Comparator>;

export type Scheme = keyof typeof comparators;
