import type { RangeSyntax } from './range-syntax.ts';
import { cargo } from './ranges/cargo.ts';
import { composer } from './ranges/composer.ts';
import { conan } from './ranges/conan.ts';
import { gem } from './ranges/gem.ts';
import { ghsa } from './ranges/ghsa.ts';
import { hex } from './ranges/hex.ts';
import { maven } from './ranges/maven.ts';
import { npm } from './ranges/npm.ts';
import { nuget } from './ranges/nuget.ts';
import { pep440 } from './ranges/pep440.ts';

/** Every syntax of version ranges that Plimsoll reads, by its name. */
export const rangeSyntaxes = {
  ghsa,
  npm,
  cargo,
  hex,
  pep440,
  gem,
  composer,
  maven,
  nuget,
  conan,
} as const satisfies Record<string, RangeSyntax>;

export type RangeSyntaxName = keyof typeof rangeSyntaxes;
