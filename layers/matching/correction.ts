import { ecosystems, isPackageType, type PackageType, packageTypes } from '#core/ecosystem.ts';
import { digestHex, digestOf } from '#core/digest.ts';
import { Fault } from '#core/fault.ts';
import type { Package } from '#core/package.ts';

/** What an account says that packages really are, where they were taken for something else. */
export interface Correction {
  /** Packages of this kind that have all of these values. */
  readonly type: PackageType;
  readonly matches: Partial<Readonly<Record<MatchField, string>>>;
  /** What to judge instead. */
  readonly replaces: Replacement;
}

export type MatchField = 'name' | 'version' | 'cpe';

export interface Replacement {
  readonly type?: PackageType;
  readonly name?: string;
  readonly version?: string;
  /** CPE 2.3 names: the package is then judged by these alone. `{package}`, `{version}` and `{type}` in them stand for its own. */
  readonly cpes?: readonly string[];
}

const longest = 512;

/**
 * A correction in the words of the v1 API: `match {type, field_matches [{field_name, field_value}]}` and `replace [{field_name,
 * field_value}]`. Fields are `package` (or `name`), `version`, `cpe` (or `cpes`), and in what replaces `type`. Throws
 * `input/invalid` for others, for a match of nothing, and for a replacement of nothing.
 */
export function parseCorrection(
  match: { readonly type: string; readonly field_matches: readonly FieldValue[] },
  replace: readonly FieldValue[],
): Correction {
  const matches: Partial<Record<MatchField, string>> = {};
  for (const { field_name: field, field_value: value } of match.field_matches) {
    const known = matchFields[field];
    if (known === undefined) throw refused(`packages have no field '${field.slice(0, 40)}' to match`);
    matches[known] = bounded(value);
  }
  if (Object.keys(matches).length === 0) throw refused('it matches every package of its type: name a field');
  let replaces: Replacement = {};
  for (const { field_name: field, field_value: value } of replace)
    replaces = { ...replaces, ...replacement(field, value) };
  if (Object.keys(replaces).length === 0) throw refused('it replaces nothing');
  return { type: typeOf(match.type), matches, replaces };
}

export interface FieldValue {
  readonly field_name: string;
  readonly field_value: string;
}

/** A correction in the words of the v1 API, as {@link parseCorrection} reads it. */
export function correctionWords({ type, matches, replaces }: Correction): {
  readonly match: { readonly type: string; readonly field_matches: readonly FieldValue[] };
  readonly replace: readonly FieldValue[];
} {
  const { cpes, ...rest } = replaces;
  return {
    match: { type, field_matches: fieldValues({ package: matches.name, version: matches.version, cpes: matches.cpe }) },
    replace: fieldValues({ type: rest.type, package: rest.name, version: rest.version, cpes: cpes?.join(',') }),
  };
}

function fieldValues(fields: Readonly<Record<string, string | undefined>>): readonly FieldValue[] {
  return Object.entries(fields).flatMap(([field_name, value]) =>
    value === undefined ? [] : [{ field_name, field_value: value }],
  );
}

/** The packages as they are judged for an account that has these corrections; the first that matches a package counts. */
export function corrected(packages: readonly Package[], corrections: readonly Correction[]): readonly Package[] {
  if (corrections.length === 0) return packages;
  return packages.map((found) => {
    const correction = corrections.find((one) => isMatched(found, one));
    return correction === undefined ? found : replaced(found, correction.replaces);
  });
}

const matchFields: Readonly<Record<string, MatchField>> = {
  __proto__: null as never,
  package: 'name',
  name: 'name',
  version: 'version',
  cpe: 'cpe',
  cpes: 'cpe',
};

/** What of a package a CPE name may take over. */
const placeholders = ['package', 'name', 'version', 'type'];
const placeholder = /\{([^{}:]*)\}/g;

function replacement(field: string, value: string): Replacement {
  switch (field) {
    case 'package':
    case 'name':
      return { name: bounded(value) };
    case 'version':
      return { version: bounded(value) };
    case 'type':
      return { type: typeOf(value) };
    case 'cpe':
    case 'cpes': {
      const cpes = bounded(value).split(/\s*,\s*(?=cpe:)/);
      if (!cpes.every((cpe) => /^cpe:2\.3:[aoh*-]:/.test(cpe)))
        throw refused(`'${value.slice(0, 80)}' is no CPE 2.3 name`);
      const unknown = [...value.matchAll(placeholder)].find(([, name]) => !placeholders.includes(name!));
      if (unknown !== undefined) throw refused(`'${unknown[0].slice(0, 40)}' stands for nothing in a CPE name`);
      return { cpes };
    }
    default:
      throw refused(`packages have no field '${field.slice(0, 40)}' to replace`);
  }
}

/** A kind of package by our word or that of the v1 API. */
function typeOf(word: string): PackageType {
  const known = isPackageType(word)
    ? word
    : packageTypes.find((type) => ecosystems[type].anchore.toLowerCase() === word.toLowerCase());
  if (known === undefined) throw refused(`'${word.slice(0, 40)}' is no type of package`);
  return known;
}

function bounded(value: string): string {
  if (value === '' || value.length > longest) throw refused(`a value has 1 to ${longest} characters`);
  return value;
}

function refused(problem: string): Fault {
  return new Fault('input/invalid', `correction: ${problem}`);
}

function isMatched(found: Package, { type, matches }: Correction): boolean {
  return (
    found.type === type &&
    (matches.name === undefined || isNamed(found, matches.name)) &&
    (matches.version === undefined || matches.version === found.version) &&
    (matches.cpe === undefined || found.cpes?.includes(matches.cpe) === true)
  );
}

/** Archives of Java go by the name of the artifact in lists, without its group. */
function isNamed({ type, name }: Package, wanted: string): boolean {
  return name === wanted || (type === 'java' && name.endsWith(`:${wanted}`));
}

/**
 * A corrected package is another package: its purl says so by a qualifier made of what was replaced, so that accounts which share
 * images never share it. A distribution's package that has another name or version is not of its source package any more.
 */
function replaced(found: Package, replaces: Replacement): Package {
  const { type = found.type, name = found.name, version = found.version, cpes } = replaces;
  const mark = digestHex(digestOf(JSON.stringify([type, name, version, cpes ?? null]))).slice(0, 16);
  const same = type === found.type && name === found.name && version === found.version;
  return {
    ...found,
    ...{ type, name, version },
    origin: same ? found.origin : null,
    purl: `${found.purl}${found.purl.includes('?') ? '&' : '?'}corrected=${mark}`,
    ...(cpes === undefined ? {} : { cpes: cpes.map((cpe) => filled(cpe, { type, name, version })) }),
  };
}

/** A CPE name with what of the package stands in it. */
function filled(cpe: string, { type, name, version }: Pick<Package, 'type' | 'name' | 'version'>): string {
  const values: Readonly<Record<string, string>> = {
    name,
    package: name.slice(name.lastIndexOf(':') + 1),
    version,
    type,
  };
  return cpe.replace(placeholder, (_, word: string) => (values[word] ?? '').replace(/[^\w.-]/g, '\\$&'));
}
