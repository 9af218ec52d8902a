import { personText } from '../texts/declared-person.ts';
import { declaredLicense } from '../licenses/spdx.ts';
import { isGem, rubyPlatform } from './gem-identity.ts';
import { readRubyValue } from './ruby-literal.ts';

/** What is kept of a gem's specification. */
export interface Gemspec {
  readonly name: string;
  readonly version: string;
  /** What it was compiled for (`x86_64-linux`, `java`); left out for `ruby`, which is any. */
  readonly platform?: string;
  readonly licenses?: readonly string[];
  readonly author?: string;
  readonly homepage?: string;
  readonly requires?: readonly string[];
}

/** What a file that ends in `.gemspec` is: no specification at all, one whose identity only Ruby could tell, or one that was read. */
export type GemspecFile = Gemspec | 'foreign' | 'computed';

const maxItems = 64;
/** Lines that set a field, and lines that name a dependency, beyond which none is looked at. */
const maxLines = 1000;

/**
 * The specification in Ruby that RubyGems and Bundler write on installation (Gem::Specification#to_ruby, of any age) and that
 * people write by hand, as far as literals go: nothing is run. Of a field that is set twice the first literal counts; the
 * `# stub:` line in front, by which RubyGems itself lists gems, goes before the fields.
 */
export function parseGemspec(text: string): GemspecFile {
  if (!/\bGem::Specification\b/.test(text)) return 'foreign';
  const fields = assignments(text);
  const [name, version, platform] = stubOf(text) ?? [fields.get('name'), fields.get('version'), fields.get('platform')];
  if (typeof name !== 'string' || typeof version !== 'string' || !isGem(name, version)) return 'computed';
  const compiledFor = rubyPlatform(platform);
  const licenses = [...listOf(fields.get('licenses')), ...listOf(fields.get('license'))].map(declaredLicense);
  const author = authorOf(listOf(fields.get('authors') ?? fields.get('author')), listOf(fields.get('email')));
  const [homepage = ''] = listOf(fields.get('homepage'));
  const requires = requirements(text);
  return {
    name,
    version,
    ...(compiledFor === null ? {} : { platform: compiledFor }),
    ...(licenses.length === 0 ? {} : { licenses: [...new Set(licenses.filter((license) => license !== null))] }),
    ...(author === null ? {} : { author }),
    ...(homepage.trim() === '' ? {} : { homepage: homepage.trim().slice(0, 512) }),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** `# stub: NAME VERSION PLATFORM REQUIRE_PATHS` (rubygems/stub_specification.rb); it stands in one of the first two lines. */
function stubOf(text: string): readonly [string, string, string] | null {
  const match = /^(?:\ufeff?#[^\n]*\n)?# stub: (\S{1,256}) (\S{1,256}) (\S{1,256}) /.exec(text);
  return match === null ? null : [match[1]!, match[2]!, match[3]!];
}

function assignments(text: string): ReadonlyMap<string, string | readonly string[]> {
  const fields = new Map<string, string | readonly string[]>();
  const pattern = /^[ \t]*\w{1,64}\.(name|version|platform|licenses?|authors?|email|homepage)[ \t]*=[ \t]*/gm;
  for (const match of text.matchAll(pattern).take(maxLines)) {
    if (fields.has(match[1]!)) continue;
    const value = readRubyValue(text, match.index + match[0].length);
    if (value !== null) fields.set(match[1]!, value);
  }
  return fields;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return (typeof value === 'string' ? [value] : (value ?? [])).slice(0, maxItems);
}

/** One author with the one address, or the authors. */
function authorOf(authors: readonly string[], mails: readonly string[]): string | null {
  if (authors.length <= 1) return personText(authors[0], mails[0]);
  return personText(authors.join(', '), null);
}

/** Runtime dependencies. A branch for RubyGems before 1.2 declares all kinds with `add_dependency`, and never runs. */
function requirements(text: string): readonly string[] {
  const branches = /respond_to\?[ (]:add_runtime_dependency/.test(text);
  const names = new Set<string>();
  const pattern = /^[ \t]*\w{1,64}\.(add_(?:runtime_)?dependency)[ (][ \t]*/gm;
  for (const match of text.matchAll(pattern).take(maxLines)) {
    if (branches && match[1] === 'add_dependency') continue;
    const name = readRubyValue(text, match.index + match[0].length);
    if (typeof name === 'string' && isGem(name, '0')) names.add(name);
  }
  return [...names].sort();
}
