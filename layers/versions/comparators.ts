import type { Comparator } from './comparator.ts';
import { apk } from './comparators/apk.ts';
import { bitnami } from './comparators/bitnami.ts';
import { cargo } from './comparators/cargo.ts';
import { composer } from './comparators/composer.ts';
import { cran } from './comparators/cran.ts';
import { deb } from './comparators/deb.ts';
import { gem } from './comparators/gem.ts';
import { generic } from './comparators/generic.ts';
import { golang } from './comparators/golang.ts';
import { hackage } from './comparators/hackage.ts';
import { hex } from './comparators/hex.ts';
import { julia } from './comparators/julia.ts';
import { jvm } from './comparators/jvm.ts';
import { maven } from './comparators/maven.ts';
import { nuget } from './comparators/nuget.ts';
import { pacman } from './comparators/pacman.ts';
import { pep440 } from './comparators/pep440.ts';
import { portage } from './comparators/portage.ts';
import { pub } from './comparators/pub.ts';
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
  gem,
  maven,
  nuget,
  composer,
  cargo,
  hex,
  pub,
  cran,
  hackage,
  julia,
  bitnami,
  jvm,
  generic,
} as const satisfies Record<string, Comparator>;

export type Scheme = keyof typeof comparators;
