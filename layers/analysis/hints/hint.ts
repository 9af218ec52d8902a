import type { PackageType } from '#core/ecosystem.ts';
import { isObject, type JsonObject, scalarText } from '../texts/json-file.ts';
import { declaredText, identityProblem } from '../texts/declared-text.ts';

/** A hint that can be used, its fields of whatever spelling read; texts are bounded. */
export interface Hint {
  readonly type: PackageType;
  readonly name: string;
  /** As the ecosystem's own tool prints it. */
  readonly version: string;
  readonly arch?: string;
  readonly source?: string;
  readonly origin?: string;
  readonly licenses?: readonly string[];
  readonly location?: string;
  readonly size?: number;
  readonly files?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The words of hints for the types that they may have. */
const types: Readonly<Record<string, PackageType>> = {
  rpm: 'rpm',
  dpkg: 'deb',
  apkg: 'apk',
  npm: 'npm',
  gem: 'gem',
  python: 'python',
  java: 'java',
  go: 'golang',
  binary: 'binary',
};

const maxList = 10_000;

/** Reads one hint; a text says, in words that follow its number, why it cannot be used. */
export function readHint(item: unknown): Hint | string {
  if (!isObject(item)) return 'is no object';
  const word = scalarText(item['type']).toLowerCase().slice(0, 40);
  const type = Object.hasOwn(types, word) ? types[word]! : null;
  if (type === null) return `has the type '${word}', which hints cannot have`;
  const name = textOf(item['name']);
  const version = versionOf(type, item);
  const problem = identityProblem(name, version);
  if (problem !== null) return `has ${problem}`;
  if (needsRelease(type, version!)) return `has no release (${version} needs one: VERSION-RELEASE)`;
  const fields = {
    arch: textOf(item['arch']),
    source: textOf(item['source']),
    origin: textOf([item['origins'], item['origin']].flat().filter(isText).join(', ')),
    location: textOf(item['location']),
    licenses: nonEmpty([item['licenses'], item['license']].flat().filter(isText)),
    size: /^\d{1,15}$/.test(scalarText(item['size'])) ? Number(item['size']) : null,
    files: nonEmpty([item['files']].flat().filter(isText)),
    metadata: metadataOf(item['metadata']),
  };
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  return { type, name: name!, version: version!, ...known };
}

/** npm and gem may list versions, of which the reference takes the first; rpm and apk may give the release apart. */
function versionOf(type: PackageType, item: JsonObject): string | null {
  const version = textOf([item['version'], item['versions']].flat().find(isText));
  const release = textOf(item['release']);
  const joined = type === 'rpm' || type === 'apk';
  return version === null || release === null || !joined ? version : `${version}-${release}`;
}

function needsRelease(type: PackageType, version: string): boolean {
  return (type === 'rpm' || type === 'apk') && !/^[^-]+-[^-]+$/.test(version);
}

function metadataOf(value: unknown): Readonly<Record<string, string>> | null {
  if (!isObject(value)) return null;
  const texts = Object.entries(value)
    .slice(0, 100)
    .filter((pair): pair is [string, string] => isText(pair[1]))
    .map(([key, text]) => [key.slice(0, 256), declaredText(text) ?? ''] as const);
  return texts.length === 0 ? null : Object.fromEntries(texts);
}

function nonEmpty(texts: readonly string[]): readonly string[] | null {
  const kept = texts.slice(0, maxList).map((text) => text.slice(0, 4096));
  return kept.length === 0 ? null : kept;
}

function textOf(value: unknown): string | null {
  return isText(value) ? declaredText(value) : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
