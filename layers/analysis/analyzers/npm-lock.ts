import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, RandomAccess, WantedFile } from '../analyzer.ts';
import { bunLockModules } from '../npm/bun-lock.ts';
import { denoLockModules } from '../npm/deno-lock.ts';
import type { LockedModule } from '../npm/locked-module.ts';
import { npmPurl } from '../npm/npm-identity.ts';
import { packageLockModules } from '../npm/package-lock.ts';
import { pnpmLockModules } from '../npm/pnpm-lock.ts';
import { plainJson } from '../npm/plain-json.ts';
import { yarnLockModules } from '../npm/yarn-lock.ts';
import { isObject, type JsonObject, readJsonFile } from '../texts/json-file.ts';

/**
 * Packages that the lock files of npm, Yarn, pnpm, Bun and Deno name. A lock file within an installed module, gem or Python package is for
 * those who work on that, and says nothing of the image.
 */
export const npmLock: Analyzer = {
  name: 'npm-lock',
  reads: '`package-lock.json`, `npm-shrinkwrap.json`, `yarn.lock`, `pnpm-lock.yaml`, `bun.lock`, `deno.lock`',
  version: 2,
  wants: (path) => readerOf(path) !== undefined,
  read: readLock,
  assemble: assemblePackages,
};

/** The lock files of the largest repositories have some 5 MB. */
const maxBytes = 16 * 1024 * 1024;

type Reader = (content: RandomAccess) => readonly LockedModule[];

const readers: readonly (readonly [name: string, read: Reader])[] = [
  ['package-lock.json', (content) => packageLockModules(readJsonFile(content, maxBytes))],
  ['npm-shrinkwrap.json', (content) => packageLockModules(readJsonFile(content, maxBytes))],
  ['yarn.lock', (content) => yarnLockModules(textOf(content))],
  ['pnpm-lock.yaml', (content) => pnpmLockModules(textOf(content))],
  ['bun.lock', (content) => bunLockModules(readRelaxedJson(content))],
  ['bun.lockb', refuseBinary],
  ['deno.lock', (content) => denoLockModules(readJsonFile(content, maxBytes))],
];

function readerOf(path: string): Reader | undefined {
  const found = readers.find(
    ([name]) => path.endsWith(name) && (path.length === name.length || path.at(-name.length - 1) === '/'),
  );
  return found === undefined || withinModule.test(path) ? undefined : found[1];
}

/** What is installed by npm, as a Node.js module of Debian, by RubyGems or Bundler, by pip. */
const withinModule =
  /(^|\/)(node_modules(_\d+)?|gems\/[^/]+-(\d[^/]*|[0-9a-f]{12})|(site|dist)-packages)\/|^usr\/(share|lib(\/[^/]+)?)\/nodejs\//;

const textOf = (content: RandomAccess) => new TextDecoder().decode(content.all(maxBytes));

function readRelaxedJson(content: RandomAccess): JsonObject {
  const text = plainJson(textOf(content));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Fault('input/invalid', 'is not JSON, not even with comments and trailing commas', { cause });
  }
  if (!isObject(value)) throw new Fault('input/invalid', 'is JSON, but no object');
  return value;
}

function refuseBinary(content: RandomAccess): readonly LockedModule[] {
  if (!Buffer.from(content.read(0, 19)).equals(Buffer.from('#!/usr/bin/env bun\n'))) return [];
  throw new Fault(
    'input/invalid',
    'is the binary lock file of Bun before 1.2, which is not read: `bun install --save-text-lockfile` writes one that is',
  );
}

function* readLock({ path, content }: WantedFile): Iterable<Fact> {
  const seen = new Set<string>();
  for (const data of readerOf(path)?.(content) ?? []) {
    const key = `${data.name} ${data.version}`;
    if (!seen.has(key)) yield { key, data };
    seen.add(key);
  }
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const { name, version, vcsUrl = null } = data as LockedModule;
      yield {
        type: 'npm',
        name,
        version,
        arch: null,
        source: null,
        origin: null,
        purl: npmPurl(name, version, vcsUrl),
        licenses: [],
        vendor: null,
        size: null,
        files: [],
        declared: 'lock',
        evidence: { path, key },
      };
    }
  }
}
