import { Fault } from '#core/fault.ts';
import { formatPurl } from '#core/purl.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { declaredLicense, licenseNames } from '../licenses/spdx.ts';
import { personText } from '../texts/declared-person.ts';
import { type PhpMap, type PhpValue, parsePhpSerialized } from '../texts/php-serialized.ts';

/**
 * PHP packages and extensions that `pear` and `pecl` installed: `.registry/NAME.reg`, and `.registry/.channel.CHANNEL/NAME.reg`
 * of other channels than PEAR's own, each the package.xml as a serialized PHP array. The channel is the source.
 */
export const pear: Analyzer = {
  name: 'pear',
  reads: '`.registry/*.reg`',
  version: 1,
  wants: (path) => path.endsWith('.reg') && /(^|\/)\.registry\/(\.channel\.[^/]+\/)?[^/]+$/.test(path),
  read: readRegistry,
  assemble: assemblePackages,
};

/** That of PEAR itself has 90 kB; packages with many files and a long history of changes have more. */
const maxBytes = 16 * 1024 * 1024;
const maxFiles = 50_000;

interface PearPackage {
  readonly name: string;
  readonly version: string;
  readonly channel: string;
  readonly licenses: readonly string[];
  readonly author: string | null;
  readonly files: readonly string[];
  readonly requires: readonly string[];
}

function* readRegistry(file: WantedFile): Iterable<Fact> {
  const entry = parsePhpSerialized(file.content.all(maxBytes));
  if (!(entry instanceof Map)) throw new Fault('input/invalid', 'is no entry of a registry');
  const data = packageOf(entry, file.path);
  yield { key: `${data.channel}/${data.name} ${data.version}`, data };
}

/** package.xml 2.0 names package, channel and release apart; 1.0 has `package`, a plain version, and no channel. */
function packageOf(entry: PhpMap, path: string): PearPackage {
  const name = text(entry.get('name')) ?? text(entry.get('package')) ?? '';
  const version = text(member(entry.get('version'), 'release')) ?? text(entry.get('version')) ?? '';
  if (!/^[A-Za-z0-9][\w.-]{0,199}$/.test(name)) throw new Fault('input/invalid', 'names no package');
  if (!/^[0-9][\w.+~-]{0,99}$/.test(version)) throw new Fault('input/invalid', `gives no version of '${name}'`);
  const folder = /\/\.channel\.([^/]+)\/[^/]+$/.exec(path)?.[1];
  const channel = text(entry.get('channel')) ?? folder ?? 'pear.php.net';
  const declared = entry.get('license');
  const license = declaredLicense(text(declared) ?? text(member(declared, '_content')) ?? '');
  return {
    name,
    version,
    channel: channel.toLowerCase().slice(0, 255),
    licenses: license === null ? [] : [license],
    author: authorOf(entry),
    files: filesOf(entry.get('filelist')),
    requires: requiresOf(entry),
  };
}

const text = (value: PhpValue | undefined) => (typeof value === 'string' ? value.trim() || null : null);

const member = (value: PhpValue | undefined, name: string) => (value instanceof Map ? value.get(name) : undefined);

/** One element, or several under numbers, as PEAR writes what may stand more than once in package.xml. */
function listed(value: PhpValue | undefined): readonly PhpMap[] {
  if (!(value instanceof Map)) return [];
  return value.has('0') ? [...value.values()].filter((one) => one instanceof Map) : [value];
}

function authorOf(entry: PhpMap): string | null {
  for (const person of [...listed(entry.get('lead')), ...listed(entry.get('maintainers'))].slice(0, 32)) {
    const author = personText(person.get('name'), person.get('email'));
    if (author !== null) return author;
  }
  return null;
}

function filesOf(list: PhpValue | undefined): readonly string[] {
  if (!(list instanceof Map)) return [];
  const files: string[] = [];
  for (const file of list.values()) {
    const path = text(member(file, 'installed_as'));
    if (path?.startsWith('/') && path.length <= 4096) files.push(path);
    if (files.length === maxFiles) break;
  }
  return files;
}

/** Packages of any channel; `php`, the installer itself and extensions are none. */
function requiresOf(entry: PhpMap): readonly string[] {
  const required = listed(member(member(entry.get('dependencies'), 'required'), 'package'));
  const names = required.slice(0, 200).map((one) => text(one.get('name'))?.slice(0, 200));
  return [...new Set(names.filter((name) => name !== undefined))];
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) yield foundPackage(path, key, data as PearPackage);
  }
}

function foundPackage(path: string, key: string, found: PearPackage): FoundPackage {
  const { name, version, channel, licenses, author, files, requires } = found;
  return {
    type: 'pear',
    name,
    version,
    arch: null,
    source: channel,
    origin: null,
    purl: formatPurl({ type: 'pear', namespace: channel, name, version }),
    licenses: licenses.flatMap(licenseNames),
    vendor: author,
    size: null,
    files,
    ...(requires.length > 0 ? { requires } : {}),
    evidence: { path, key },
  };
}
