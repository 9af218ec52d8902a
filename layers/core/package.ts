import type { PackageType } from './ecosystem.ts';

/**
 * A package found in an image: the final state of all layers, one for each distinct
 * (type, name, version, arch, source), however many copies there are.
 */
export interface Package {
  readonly type: PackageType;
  readonly name: string;
  /** As the ecosystem's own tool prints it: rpm `[epoch:]version-release`, Go with its `v`, Go's own library without. */
  readonly version: string;
  readonly arch: string | null;
  /** deb `name version`, rpm the source rpm's file name, apk the origin, golang `mod`, `dep` or `toolchain`, npm `root` or null. */
  readonly source: string | null;
  /** The source package by its parts, where the ecosystem has source packages (deb, rpm, apk). */
  readonly origin: { readonly name: string; readonly version: string } | null;
  /** Package URL; two packages with the same purl are the same for matching. */
  readonly purl: string;
  /** Where it was found: the database or metadata files, absolute in the image, sorted. */
  readonly paths: readonly string[];
  /** diff_id of the layer that brought this version in. */
  readonly layer: string | null;
  /** Licences as declared, SPDX ids where they can be told. */
  readonly licenses: readonly string[];
  /** Maintainer, vendor or author as declared. */
  readonly vendor: string | null;
  /** Installed size in bytes, where known. */
  readonly size: number | null;
  /** Files that the package owns, absolute in the image; empty where the ecosystem does not say. */
  readonly files: readonly string[];
  /** Of a package of a language: the places in `paths` that packages of the distribution own; left out when there are none. */
  readonly owners?: readonly PathOwner[];
  /**
   * Set when nothing but a document in the image names the package: a lock file or an SBOM. Left out as soon as one
   * installed copy was found.
   */
  readonly declared?: 'lock' | 'sbom';
  /** What the ecosystem tells beside, by names that its analyzer documents; texts only. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What it needs, as declared: package names, without versions, alternatives and repeats. */
  readonly requires?: readonly string[];
  /** CPE 2.3 names of a program that no package manager knows: it is judged by these. */
  readonly cpes?: readonly string[];
}

/** A place and the package of the distribution that put it there, by its purl. */
export interface PathOwner {
  readonly path: string;
  readonly purl: string;
}
