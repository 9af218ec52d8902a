import { Fault } from '#core/fault.ts';
import type { Fact } from '#schema/layer-report.ts';
import type { Analyzer, FoundPackage, ImageView, WantedFile } from '../analyzer.ts';
import { licenseNames } from '../licenses/spdx.ts';
import { gemPurl } from '../ruby/gem-identity.ts';
import { type LockedGem, readGemfileLock } from '../ruby/gemfile-lock.ts';
import { type Gemspec, parseGemspec } from '../ruby/gemspec.ts';

/**
 * Gems of Ruby: what RubyGems has a specification of (the default gems that come with Ruby too, also when a newer one is
 * installed beside: both are on disk), what Bundler checked out of git, gems unpacked into an application's `vendor`, and what a
 * Gemfile.lock names. `metadata` has `platform` (left out for any), `homepage`, and `commit` of what came from git.
 */
export const gem: Analyzer = {
  name: 'gem',
  reads: '`specifications/*.gemspec`, checkouts of Bundler, `Gemfile.lock`',
  version: 1,
  wants: (path) => placeOf(path) !== null,
  read: readFile,
  assemble: assemblePackages,
};

/** Specifications of gems with many files are the longest, at some 100 kB. */
const maxBytes = 1024 * 1024;

type Place = 'installed' | 'checkout' | 'lock';

const installed = /(^|\/)specifications\/(default\/)?[^/]+$/;

/** Bundler loads `{,*,*\/*}.gemspec` of a checkout (bundler/source/path.rb), and writes each anew with its version told. */
const checkout = /(^|\/)(bundler\/gems|vendor\/(gems|cache))\/[^/]+\/([^/]+\/){0,2}[^/]+$/;

const lock = /(^|\/)(Gemfile\.lock|gems\.locked|[^/]+\.gemfile\.lock)$/;

/** The lock file of an installed gem is for those who work on the gem. */
const withinGem = /(^|\/)gems\/[^/]+-(\d[^/]*|[0-9a-f]{12})\//;

function placeOf(path: string): Place | null {
  if (path.endsWith('.gemspec')) return installed.test(path) ? 'installed' : checkout.test(path) ? 'checkout' : null;
  if (!path.endsWith('.lock') && !path.endsWith('.locked')) return null;
  return lock.test(path) && !withinGem.test(path) ? 'lock' : null;
}

function* readFile({ path, content }: WantedFile): Iterable<Fact> {
  const place = placeOf(path);
  if (place === 'lock') {
    for (const data of readGemfileLock(content)) yield { key: `${data.name} ${data.version}`, data };
    return;
  }
  const data = parseGemspec(new TextDecoder().decode(content.all(maxBytes)));
  // What people wrote may compute its version; what RubyGems wrote never does.
  if (data === 'computed' && place === 'installed')
    throw new Fault('input/invalid', 'names no gem and version that could be told without running it');
  if (typeof data !== 'string') yield { key: `${data.name} ${data.version}`, data };
}

function* assemblePackages(view: ImageView): Iterable<FoundPackage> {
  for (const { path, facts } of view.facts) {
    for (const { key, data } of facts) {
      const evidence = { path, key };
      yield placeOf(path) === 'lock'
        ? lockedPackage(data as LockedGem, evidence)
        : installedPackage(data as Gemspec, evidence);
    }
  }
}

function installedPackage(gemspec: Gemspec, evidence: FoundPackage['evidence']): FoundPackage {
  const { name, version, platform, licenses = [], author, homepage, requires } = gemspec;
  const commit = /(?:^|\/)bundler\/gems\/[^/]+-([0-9a-f]{12})\//.exec(evidence.path)?.[1];
  const metadata = {
    ...(platform === undefined ? {} : { platform }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(commit === undefined ? {} : { commit }),
  };
  return {
    ...packageOf(name, version, gemPurl(name, version, { platform: platform ?? null }), evidence),
    licenses: licenses.flatMap(licenseNames),
    vendor: author ?? null,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(requires === undefined ? {} : { requires }),
  };
}

function lockedPackage(
  { name, version, vcsUrl, requires }: LockedGem,
  evidence: FoundPackage['evidence'],
): FoundPackage {
  return {
    ...packageOf(name, version, gemPurl(name, version, { vcs_url: vcsUrl ?? null }), evidence),
    declared: 'lock',
    ...(requires === undefined ? {} : { requires }),
  };
}

function packageOf(name: string, version: string, purl: string, evidence: FoundPackage['evidence']): FoundPackage {
  return {
    type: 'gem',
    name,
    version,
    arch: null,
    source: null,
    origin: null,
    purl,
    licenses: [],
    vendor: null,
    size: null,
    files: [],
    evidence,
  };
}
