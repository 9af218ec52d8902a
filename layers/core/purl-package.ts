import { ecosystems, type PackageType, packageTypes } from './ecosystem.ts';
import { parsePurl } from './parse-purl.ts';

/** A package as its ecosystem calls it. */
export interface NamedPackage {
  readonly type: PackageType;
  readonly name: string;
  /** An rpm's with its epoch; empty where there is none. */
  readonly version: string;
}

/**
 * The package that a stored purl names, under the name that lists of packages show: the distribution's for its packages, `@scope/name` for
 * npm, `group:artifact` for Java. Null for a purl of no known type.
 */
export function purlPackage(text: string): NamedPackage | null {
  const purl = parsePurl(text);
  const type = purl === null ? undefined : byPurl.get(purl.type);
  if (purl === null || type === undefined) return null;
  const { namespace = '', name, version = '', qualifiers = {} } = purl;
  const epoch = type === 'rpm' ? qualifiers['epoch'] : null;
  const whole = ecosystems[type].os || namespace === '' ? name : `${namespace}${type === 'java' ? ':' : '/'}${name}`;
  return { type, name: whole, version: epoch ? `${epoch}:${version}` : version };
}

const byPurl = new Map<string, PackageType>(packageTypes.map((type) => [ecosystems[type].purl, type]));
