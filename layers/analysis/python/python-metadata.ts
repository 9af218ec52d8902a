import { Fault } from '#core/fault.ts';
import { personText } from '../texts/declared-person.ts';
import { type Headers, parseHeaders, unfoldText } from '../texts/rfc822.ts';
import { isPythonName } from './python-name.ts';
import { requirementNames } from './requirement.ts';
import { declaredLicense, spdxId } from '../licenses/spdx.ts';

/** What counts of a METADATA or PKG-INFO. */
export interface PythonMetadata {
  /** As the file has it, which is what `pip list` prints; not normalised. */
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly string[];
  readonly author?: string;
  readonly homepage?: string;
  /** Distributions that it needs, without those of extras. */
  readonly requires?: readonly string[];
}

const maxVersion = 256;
/** Characters of a header that are looked at: projects with many authors have long ones, hostile ones cost time. */
const maxPerson = 1024;
const maxClassifier = 300;
const maxClassifiers = 500;

/**
 * The core metadata of a Python distribution (https://packaging.python.org/specifications/core-metadata/). Throws
 * `input/invalid` without a valid name (at most 214 characters) or without a version, as pip does not list those either.
 */
export function parsePythonMetadata(text: string): PythonMetadata {
  const headers = parseHeaders(text);
  const name = first(headers, 'name');
  if (!isPythonName(name)) {
    throw new Fault('input/invalid', 'has no valid Name, so it is no installed distribution');
  }
  const version = first(headers, 'version');
  if (version === '' || version.length > maxVersion || /[\s\p{Cc}]/u.test(version)) {
    throw new Fault('input/invalid', `metadata of '${name}' has no valid Version`);
  }
  const licenses = licensesOf(headers);
  const author = authorOf(headers);
  const homepage = homepageOf(headers);
  const requires = requirementNames(headers.get('requires-dist') ?? []);
  return {
    name,
    version,
    ...(licenses.length > 0 ? { licenses } : {}),
    ...(author !== null ? { author } : {}),
    ...(homepage !== '' ? { homepage } : {}),
    ...(requires.length > 0 ? { requires } : {}),
  };
}

const first = (headers: Headers, name: string) => headers.get(name)?.[0] ?? '';

/**
 * License-Expression decides. Else License, when it is one line that can be told; else the classifiers; else that line as it
 * is. A License that is the whole licence text says nothing that fits here.
 */
function licensesOf(headers: Headers): readonly string[] {
  const stated = declaredLicense(first(headers, 'license-expression'));
  if (stated !== null) return [stated];
  const field = first(headers, 'license');
  const line = field.includes('\n') || field.length > 200 ? null : declaredLicense(field);
  const classified = (headers.get('classifier') ?? [])
    .slice(0, maxClassifiers)
    .map((classifier) => classifier.slice(0, maxClassifier))
    .map((classifier) => /^License ::(?:.* ::)? (.+)$/.exec(classifier)?.[1]?.trim())
    .filter((name) => name !== undefined && name !== 'OSI Approved')
    .map((name) => spdxId(name!) ?? name!.slice(0, 200));
  const told = line !== null && (spdxId(line) !== null || /^\S+( (AND|OR|WITH) \S+)+$/.test(line));
  if (line !== null && (told || classified.length === 0)) return [line];
  return [...new Set(classified)].slice(0, 32);
}

/** Author and Author-email, else Maintainer and Maintainer-email. */
function authorOf(headers: Headers): string | null {
  for (const role of ['author', 'maintainer']) {
    const mail = unfoldText(first(headers, `${role}-email`).slice(0, maxPerson));
    // `Jane Doe <jane@example.org>` in the mail field alone is what pyproject.toml gives.
    const text = mail.includes('<')
      ? personText(mail, null)
      : personText(unfoldText(first(headers, role).slice(0, maxPerson)), mail);
    if (text !== null) return text;
  }
  return null;
}

function homepageOf(headers: Headers): string {
  const urls = headers.get('project-url') ?? [];
  const labelled = urls.map((url) => /^home[- ]?page\s*,\s*(\S+)$/i.exec(url)?.[1]).find((url) => url !== undefined);
  const home = first(headers, 'home-page');
  return (home === '' || /^unknown$/i.test(home) ? (labelled ?? '') : home).slice(0, 512);
}
